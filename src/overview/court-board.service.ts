import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock';
import { CameraStateRow, stateOf } from '../clubs/watch/camera-states.service';
import { RecordingStatus } from '../recording/recording-state';
import { CourtRuntime } from '../runtime/court-runtime';
import { CourtNow, SessionNow } from './court-now';

/** More than any club has: what one answer can grow to. */
const MOST_COURTS = 1_000;

/** A court with all that goes on there. */
export interface BoardCourt extends CourtNow {
  readonly id: number;
  readonly name: string;
  readonly play: CourtPlay | null;
}

/** Who plays, and what is recorded. */
export interface CourtPlay {
  readonly sessionId: string;
  readonly owner: { readonly id: number; readonly name: string };
  /** Whether the person who asks is one of the other players. */
  readonly takesPart: boolean;
  readonly recording: {
    readonly status: RecordingStatus;
    /** Epoch milliseconds; `null` before the first picture. */
    readonly startedAt: number | null;
    readonly plannedEndAt: number;
    /** Nobody plays: it stops by itself then. */
    readonly autoStopAt: number | null;
  } | null;
}

/** The columns of a camera's state are `null` together where nobody watches it. */
type Row = { [Column in keyof CameraStateRow]: CameraStateRow[Column] | null } & {
  readonly id: number;
  readonly name: string;
  readonly camera_since: Date | null;
  readonly free_since: Date;
  readonly session_id: string | null;
  readonly session_status: SessionNow['status'];
  readonly opened_at: Date;
  readonly last_frame_at: Date | null;
  readonly owner_id: number;
  readonly owner_name: string;
  readonly takes_part: boolean;
  readonly recording_status: RecordingStatus | null;
  readonly started_at: Date | null;
  readonly planned_end_at: Date;
  readonly auto_stop_at: Date | null;
};

const OPEN = `status IN ('connecting', 'live', 'reconnecting')`;

/**
 * How all courts of a club stand: one query, and what this process knows better of the sessions that it moves. Nothing is
 * asked of a camera or a disk, and looking is not using: an idle session stays idle however many look at the board.
 */
@Injectable()
export class CourtBoard {
  constructor(
    private readonly database: DataSource,
    private readonly runtime: CourtRuntime,
    private readonly clock: Clock,
  ) {}

  /** @param viewerId who asks */
  async ofClub(clubId: number, viewerId: number): Promise<BoardCourt[]> {
    const rows = await this.database.query<Row[]>(
      `SELECT c.id, c.name, t.online, t.since, t.last_seen_at, t.code, t.failed_looks, t.failing_since, t.camera_since,
              coalesce((SELECT max(e.closed_at) FROM camera_sessions e WHERE e.court_id = c.id), c.created_at)
                AS free_since,
              s.id AS session_id, s.status AS session_status, s.created_at AS opened_at, s.last_frame_at,
              s.user_id AS owner_id, u.name AS owner_name,
              EXISTS (SELECT FROM session_players p WHERE p.session_id = s.id AND p.user_id = $2) AS takes_part,
              r.status AS recording_status, r.started_at, r.planned_end_at,
              CASE WHEN r.status IN ('starting', 'recording', 'reconnecting') THEN r.auto_stop_at END AS auto_stop_at
         FROM courts c
         LEFT JOIN camera_states t ON t.court_id = c.id
         LEFT JOIN camera_sessions s ON s.court_id = c.id AND s.angle_of IS NULL AND s.${OPEN}
         LEFT JOIN users u ON u.id = s.user_id
         LEFT JOIN recordings r ON r.session_id = s.id
        WHERE c.club_id = $1 AND c.deleted_at IS NULL
        ORDER BY c.id LIMIT ${MOST_COURTS}`,
      [clubId, viewerId],
    );
    return rows.map((row) => this.courtOf(row));
  }

  private courtOf(row: Row): BoardCourt {
    return {
      id: row.id,
      name: row.name,
      camera: row.since === null ? null : stateOf(row as CameraStateRow),
      cameraSince: row.camera_since?.getTime() ?? null,
      freeSince: row.free_since.getTime(),
      session: row.session_id === null ? null : this.sessionOf(row, row.session_id),
      play: row.session_id === null ? null : this.playOf(row, row.session_id),
    };
  }

  private sessionOf(row: Row, sessionId: string): SessionNow {
    const openedAt = row.opened_at.getTime();
    const here = this.runtime.status(sessionId);
    if (here) {
      const { state, since, lastFrameAt, error } = here;
      return { status: state, openedAt, since, lastFrameAt, code: error?.code ?? null };
    }
    // Another process has it. Its row is written when the camera comes and goes: while it is live, a picture came just now.
    const status = row.session_status;
    const lastFrameAt = status === 'live' ? this.clock.now() : (row.last_frame_at?.getTime() ?? null);
    const since = status === 'reconnecting' ? (lastFrameAt ?? openedAt) : openedAt;
    return { status, openedAt, since, lastFrameAt, code: null };
  }

  private playOf(row: Row, sessionId: string): CourtPlay {
    const { owner_id, owner_name, takes_part, recording_status, started_at, planned_end_at } = row;
    const here = this.runtime.recording(sessionId);
    const known = recording_status && {
      status: here?.phase ?? recording_status,
      startedAt: here ? here.startedAt : (started_at?.getTime() ?? null),
      plannedEndAt: here?.plannedEndAt ?? planned_end_at.getTime(),
      autoStopAt: row.auto_stop_at?.getTime() ?? null,
    };
    return { sessionId, owner: { id: owner_id, name: owner_name }, takesPart: takes_part, recording: known };
  }
}
