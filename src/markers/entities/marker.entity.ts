import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { MarkerKind } from '../marker-kinds';

/** A moment of a match that somebody marked. */
@Entity('markers')
export class Marker {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS' })
  id: number;

  @Column('uuid', { name: 'session_id' })
  sessionId: string;

  @Column('integer', { name: 'club_id' })
  clubId: number;

  @Column('integer', { name: 'author_id' })
  authorId: number;

  @Column('text')
  kind: MarkerKind;

  /** One line of at most 200 characters. */
  @Column('text', { nullable: true })
  text: string | null;

  /** From the file's first frame. */
  @Column('double precision', { name: 'at_seconds' })
  atSeconds: number;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;
}
