import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A finished recording's file. */
@Entity('videos')
export class Video {
  @PrimaryColumn('uuid', { name: 'session_id' })
  sessionId: string;

  /** The match that this is an angle of; `null`: it is the match. */
  @Column('uuid', { name: 'angle_of', nullable: true })
  angleOf: string | null;

  @Column('integer', { name: 'court_id' })
  courtId: number;

  @Column('integer', { name: 'club_id' })
  clubId: number;

  /** The session's owner. */
  @Column('integer', { name: 'user_id' })
  userId: number;

  /** `<club_id>/<session_id>.mp4` under `VIDEOS_DIR`. */
  @Column('text', { name: 'video_path' })
  videoPath: string;

  /** A bigint: the driver gives it as text. */
  @Column('bigint', { name: 'size_bytes' })
  sizeBytes: string;

  @Column('double precision', { name: 'duration_seconds' })
  durationSeconds: number;

  @Column('integer')
  width: number;

  @Column('integer')
  height: number;

  @Column('text')
  codec: string;

  @Column('jsonb')
  gaps: { start_seconds: number; end_seconds: number; reason: string }[];

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  /** When it was read last, to the minute. */
  @Column('timestamptz', { name: 'last_read_at', nullable: true })
  lastReadAt: Date | null;

  /** Since when its file has been missed on disk; `null`: it is there. */
  @Column('timestamptz', { name: 'missing_since', nullable: true })
  missingSince: Date | null;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt: Date | null;
}
