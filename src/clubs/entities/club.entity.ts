import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

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

  @Column('timestamptz', { name: 'created_at', insert: false })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at', insert: false })
  updatedAt: Date;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt: Date | null;
}
