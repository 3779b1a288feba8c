import { Column, Entity, PrimaryColumn } from 'typeorm';
import { GapReason } from '../../media/access-unit';
import { RecordingStatus, StopReason } from '../recording-state';

/** The one recording of a session. */
@Entity('recordings')
export class Recording {
  @PrimaryColumn('uuid', { name: 'session_id' })
  sessionId: string;

  @Column('integer', { name: 'court_id' })
  courtId: number;

  @Column('integer', { name: 'club_id' })
  clubId: number;

  /** Of the camera that is recorded; 0: the match's main one, else an angle of it. */
  @Column('smallint', { name: 'camera_position' })
  cameraPosition: number;

  /** The session's owner. */
  @Column('integer', { name: 'user_id' })
  userId: number;

  @Column('text')
  status: RecordingStatus;

  @Column('timestamptz', { name: 'requested_at' })
  requestedAt: Date;

  /** Wall time of the file's first frame. */
  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt: Date | null;

  @Column('timestamptz', { name: 'stopped_at', nullable: true })
  stoppedAt: Date | null;

  @Column('timestamptz', { name: 'planned_end_at' })
  plannedEndAt: Date;

  @Column('double precision', { name: 'duration_seconds' })
  durationSeconds: number;

  /** A bigint: the driver gives it as text. */
  @Column('bigint', { name: 'bytes_written' })
  bytesWritten: string;

  @Column('integer')
  restarts: number;

  @Column('text', { name: 'video_path', nullable: true })
  videoPath: string | null;

  @Column('text', { nullable: true })
  error: string | null;

  /** It was said that it stops by itself then, for nobody plays. */
  @Column('timestamptz', { name: 'auto_stop_at', nullable: true })
  autoStopAt: Date | null;

  /** Why it ended, where neither somebody nor its planned end was the cause. */
  @Column('text', { name: 'stop_reason', nullable: true })
  stopReason: StopReason | null;

  /** How much of its end is without play, where that is why it ended. */
  @Column('integer', { name: 'idle_tail_seconds', nullable: true })
  idleTailSeconds: number | null;
}

/** One file of a recording's journal: a new one only for a new init segment. */
@Entity('recording_parts')
export class RecordingPart {
  @PrimaryColumn('uuid', { name: 'session_id' })
  sessionId: string;

  @PrimaryColumn('integer')
  part: number;

  @Column('bytea')
  init: Buffer;

  @Column('text')
  codec: string;

  /** On the session's clock, 90 kHz. A bigint: the driver gives it as text. */
  @Column('bigint', { name: 'start_ticks' })
  startTicks: string;

  @Column('integer', { name: 'reserve_bytes' })
  reserveBytes: number;
}

/** A stretch of a recording without pictures. */
@Entity('recording_gaps')
export class RecordingGap {
  @PrimaryColumn('uuid', { name: 'session_id' })
  sessionId: string;

  @PrimaryColumn('double precision', { name: 'start_seconds' })
  startSeconds: number;

  @Column('double precision', { name: 'end_seconds' })
  endSeconds: number;

  @Column('text')
  reason: GapReason;
}
