import {
  Column,
  CreateDateColumn,
  DeleteDateColumn,
  Entity,
  JoinColumn,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
  UpdateDateColumn,
  Relation,
} from 'typeorm';
import { Camera } from './camera.entity';
import { Club } from './club.entity';

/** A court (`terrain` on the wire). */
@Entity({ name: 'courts' })
export class Court {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT' })
  id: number;

  @Column('integer', { name: 'club_id' })
  clubId: number;

  @ManyToOne(() => Club)
  @JoinColumn({ name: 'club_id' })
  club?: Relation<Club>;

  @OneToMany(() => Camera, (camera) => camera.court)
  cameras?: Relation<Camera[]>;

  @Column('text')
  name: string;

  /** A recording stops by itself after so many minutes without play; `null`: it does not. */
  @Column('smallint', { name: 'auto_stop_minutes', nullable: true })
  autoStopMinutes: number | null;

  /** Its recordings have the camera's sound, too. */
  @Column('boolean', { name: 'record_sound', default: false })
  recordSound: boolean;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'updated_at' })
  updatedAt: Date;

  @DeleteDateColumn({ type: 'timestamptz', name: 'deleted_at', nullable: true })
  deletedAt: Date | null;
}
