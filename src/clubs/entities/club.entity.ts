import { Column, CreateDateColumn, DeleteDateColumn, Entity, PrimaryGeneratedColumn, UpdateDateColumn } from 'typeorm';
import { CompressionCodec } from '../../media/compress-args';

/** What a club may wish its finished videos to be coded anew in. */
export type ClubCompression = 'off' | CompressionCodec;

/** A padel club: the tenant. Everything but an account belongs to exactly one. */
@Entity({ name: 'clubs' })
export class Club {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT' })
  id: number;

  @Column('text')
  name: string;

  /** IANA name, e.g. `Europe/Paris`. */
  @Column('text', { name: 'time_zone' })
  timeZone: string;

  /** Sessions that may be open at once in this club; `null`: as many as the service takes. */
  @Column('integer', { name: 'max_sessions', nullable: true })
  maxSessions: number | null;

  /** The club's own age at which videos are deleted; `null`: `RETENTION_DAYS`. */
  @Column('integer', { name: 'retention_days', nullable: true })
  retentionDays: number | null;

  /** What its videos may take; `null`: as much as there is. A bigint: the driver gives it as text. */
  @Column('bigint', { name: 'quota_bytes', nullable: true })
  quotaBytes: string | null;

  /** Networks in which its cameras must lie, as `10.20.0.0/16`; `null`: anywhere a camera may be. */
  @Column('text', { name: 'camera_networks', array: true, nullable: true })
  cameraNetworks: string[] | null;

  /** What players are told before they are filmed; `null`: nothing of the club's own. */
  @Column('text', { name: 'consent_note', nullable: true })
  consentNote: string | null;

  /** Whether players may register themselves. */
  @Column('boolean', { name: 'registration_open', default: false })
  registrationOpen: boolean;

  /** Whether its matches may be shown to others by links. */
  @Column('boolean', { name: 'sharing_enabled', default: true })
  sharingEnabled: boolean;

  /** Since when it has its logo (`club_logos`); `null`: it has none. */
  @Column('timestamptz', { name: 'logo_at', nullable: true })
  logoAt: Date | null;

  /** Whether players may plan recordings, for themselves. */
  @Column('boolean', { name: 'players_book', default: false })
  playersBook: boolean;

  /** What a press for a highlight keeps where it does not say. */
  @Column('integer', { name: 'highlight_seconds', default: 30 })
  highlightSeconds: number;

  /** What finished videos are coded anew in, to take less room: `off`, `h264`, `h265`, `av1`. */
  @Column('text', { default: 'off' })
  compression: ClubCompression;

  /** At which quality (`-crf`); `null`: the codec's own. */
  @Column('integer', { name: 'compression_crf', nullable: true })
  compressionCrf: number | null;

  /** How long after the match, at the earliest. */
  @Column('integer', { name: 'compression_after_minutes', default: 60 })
  compressionAfterMinutes: number;

  /** Older videos are left as they are; `null` where it is off. */
  @Column('timestamptz', { name: 'compression_since', nullable: true })
  compressionSince: Date | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'updated_at' })
  updatedAt: Date;

  @DeleteDateColumn({ type: 'timestamptz', name: 'deleted_at', nullable: true })
  deletedAt: Date | null;
}
