import { Column, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn, Relation, UpdateDateColumn } from 'typeorm';
import { Court } from './court.entity';

/** The scheme of a camera's address. What it speaks (MJPEG, MPEG-TS …) is found by asking it. */
export type CameraScheme = 'rtsp' | 'rtsps' | 'http' | 'https';

/** How many cameras a court may have: the main one, and further ones at the positions 1 to 3. */
export const MOST_CAMERAS = 4;

/** A camera of a court. The address is sealed; `protocol`, `host` and `hasCredentials` are all that is ever shown of it. */
@Entity({ name: 'cameras' })
export class Camera {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT' })
  id: number;

  @Column('integer', { name: 'court_id' })
  courtId: number;

  @ManyToOne(() => Court, (court) => court.cameras)
  @JoinColumn({ name: 'court_id' })
  court?: Relation<Court>;

  /** 0: the main camera. Never changes: the address is sealed for it. */
  @Column('smallint')
  position: number;

  /** As people call it, e.g. `Back wall`. */
  @Column('text', { nullable: true })
  name: string | null;

  /** The whole URL as the club wrote it, sealed by SecretBox for this court and position. Not selected unless asked for. */
  @Column('text', { name: 'url_sealed', select: false })
  urlSealed: string;

  /** The key it is sealed with, so that a rotation finds what is left to do. */
  @Column('text', { name: 'key_id', select: false })
  keyId: string;

  @Column('text')
  protocol: CameraScheme;

  @Column('text')
  host: string;

  @Column('boolean', { name: 'has_credentials' })
  hasCredentials: boolean;

  @UpdateDateColumn({ type: 'timestamptz', name: 'updated_at' })
  updatedAt: Date;
}
