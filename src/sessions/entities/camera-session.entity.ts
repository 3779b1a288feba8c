import { Column, Entity, PrimaryColumn, VirtualColumn } from 'typeorm';
import { CameraProtocol } from '../../proxy/sources/stream-source';
import { ProcessIdentity } from '../../runtime/process-identity';
import { SessionZero } from '../../runtime/session-zero';
import { SessionStatus } from '../session-state';

/**
 * One stretch of a camera being open, from the first frame to close: a match, or an angle of one. Rows are never deleted.
 */
@Entity('camera_sessions')
export class CameraSession {
  @PrimaryColumn('uuid')
  id: string;

  /** The match that this is an angle of; `null`: it is the match. */
  @Column('uuid', { name: 'angle_of', nullable: true })
  angleOf: string | null;

  /** Of the court's camera; 0: the main one. */
  @Column('smallint', { name: 'camera_position' })
  cameraPosition: number;

  /** As the camera was called when it was opened. */
  @Column('text', { name: 'camera_name', nullable: true })
  cameraName: string | null;

  @Column('integer', { name: 'court_id' })
  courtId: number;

  @Column('integer', { name: 'club_id' })
  clubId: number;

  /** The owner. */
  @Column('integer', { name: 'user_id' })
  userId: number;

  @Column('text')
  status: SessionStatus;

  @Column('text', { nullable: true })
  protocol: CameraProtocol | null;

  @Column('text', { nullable: true })
  codec: 'h264' | 'h265' | 'mjpeg' | null;

  @Column('integer', { nullable: true })
  width: number | null;

  @Column('integer', { nullable: true })
  height: number | null;

  @Column('real', { nullable: true })
  fps: number | null;

  @Column('integer', { name: 'proxy_port', nullable: true })
  proxyPort: number | null;

  @Column('integer')
  reconnects: number;

  @Column('jsonb', { nullable: true })
  owner: ProcessIdentity | null;

  /** `null` until its camera was reached. */
  @Column('jsonb', { nullable: true })
  zero: SessionZero | null;

  /** Until when its owner says that it lives; for those who cannot see its process. */
  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil: Date | null;

  /** By the database's clock, which all machines share. */
  @VirtualColumn({ query: (alias) => `SELECT coalesce(${alias}.lease_until, ${alias}.created_at) < now()` })
  leaseLapsed: boolean;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'last_frame_at', nullable: true })
  lastFrameAt: Date | null;

  /** Last call that used the session: what idleness is counted from. */
  @Column('timestamptz', { name: 'last_used_at' })
  lastUsedAt: Date;

  @Column('timestamptz', { name: 'closed_at', nullable: true })
  closedAt: Date | null;

  @Column('text', { name: 'close_reason', nullable: true })
  closeReason: string | null;

  /** By which members of the club join while it is open. */
  @Column('text', { name: 'join_code', nullable: true })
  joinCode: string | null;
}

/** A player of the match besides the owner: watches and downloads. */
@Entity('session_players')
export class SessionPlayer {
  @PrimaryColumn('uuid', { name: 'session_id' })
  sessionId: string;

  @PrimaryColumn('integer', { name: 'user_id' })
  userId: number;

  /** The session had ended by then. */
  @Column('boolean', { name: 'added_later' })
  addedLater: boolean;
}
