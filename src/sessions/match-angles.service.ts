import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RecordingStatus, statusSaid } from '../recording/recording-state';
import { CourtRuntime } from '../runtime/court-runtime';
import { CameraSession } from './entities/camera-session.entity';
import { SessionStatus } from './session-state';

/** An angle of a match, by what rows and runtime say of it. */
export interface MatchAngle extends Pick<CameraSession, 'protocol' | 'codec' | 'width' | 'height' | 'fps'> {
  /** Its own session. */
  readonly sessionId: string;
  readonly position: number;
  readonly name: string | null;
  readonly status: SessionStatus;
  readonly reason: string | null;
  /** `null`: nothing of it is recorded. */
  readonly recordingStatus: RecordingStatus | null;
  /** Where its file's first picture lies on the time of the match's file, in seconds; `null` where one of the two has none yet. */
  readonly offsetSeconds: number | null;
  /** Of its finished file; `null` where there is none. */
  readonly durationSeconds: number | null;
  readonly sizeBytes: number | null;
}

type Row = Omit<MatchAngle, 'sizeBytes'> & { readonly matchId: string; readonly sizeBytes: string | null };

/**
 * Milliseconds from the zero of the match's clock to that of the angle's: none where they share it. The monotonic clock tells it
 * to the microsecond; of two boots of the machine, the wall's.
 */
const ZEROS_APART = `CASE WHEN s.zero->>'bootId' = m.zero->>'bootId'
  THEN (s.zero->>'monotonicMs')::float8 - (m.zero->>'monotonicMs')::float8
  ELSE (s.zero->>'wallMs')::float8 - (m.zero->>'wallMs')::float8 END`;

/** The angles of matches, for whoever may see the match. */
@Injectable()
export class MatchAngles {
  constructor(
    private readonly database: DataSource,
    private readonly runtime: CourtRuntime,
  ) {}

  /** One query for a whole page. @returns by match, in the order of the cameras' positions; matches without angles are not in it */
  async of(matchIds: readonly string[]): Promise<Map<string, MatchAngle[]>> {
    const found = new Map<string, MatchAngle[]>();
    if (matchIds.length === 0) return found;
    const rows = await this.database.query<Row[]>(
      `SELECT s.angle_of AS "matchId", s.id AS "sessionId", s.camera_position AS position, s.camera_name AS name, s.status,
              s.close_reason AS reason, s.protocol, s.codec, s.width, s.height, s.fps, r.status AS "recordingStatus",
              coalesce((p.start_ticks - q.start_ticks) / 90000.0::float8 + (${ZEROS_APART}) / 1000,
                       extract(epoch FROM r.started_at - t.started_at)::float8) AS "offsetSeconds",
              v.duration_seconds AS "durationSeconds", v.size_bytes AS "sizeBytes"
         FROM camera_sessions s JOIN camera_sessions m ON m.id = s.angle_of
         LEFT JOIN recordings r ON r.session_id = s.id
         LEFT JOIN recordings t ON t.session_id = m.id
         LEFT JOIN recording_parts p ON p.session_id = s.id AND p.part = 1
         LEFT JOIN recording_parts q ON q.session_id = m.id AND q.part = 1
         LEFT JOIN videos v ON v.session_id = s.id AND v.deleted_at IS NULL
        WHERE s.angle_of = ANY ($1::uuid[])
        ORDER BY s.camera_position, s.created_at, s.id`,
      [matchIds],
    );
    for (const { matchId, ...row } of rows) {
      const angles = found.get(matchId) ?? [];
      found.set(matchId, angles);
      angles.push(this.angleOf(row));
    }
    return found;
  }

  /** This process knows better of what it moves. */
  private angleOf({ sizeBytes, ...row }: Omit<Row, 'matchId'>): MatchAngle {
    const { sessionId } = row;
    const here = row.status === 'closed' || row.status === 'failed' ? null : this.runtime.status(sessionId);
    const recording = this.runtime.recording(sessionId);
    return {
      ...row,
      ...here?.facts,
      status: here?.state ?? row.status,
      reason: here?.error?.code ?? row.reason,
      recordingStatus: row.recordingStatus && statusSaid(row.recordingStatus, recording?.phase ?? row.recordingStatus),
      offsetSeconds: row.offsetSeconds === null ? null : Math.round(row.offsetSeconds * 1e5) / 1e5,
      sizeBytes: sizeBytes === null ? null : Number(sizeBytes),
    };
  }
}
