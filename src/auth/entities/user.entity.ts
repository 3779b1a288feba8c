import { Column, Entity, OneToMany, PrimaryGeneratedColumn } from 'typeorm';
import { Membership } from './membership.entity';

/** A person's account; it may belong to several clubs. */
@Entity({ name: 'users' })
export class User {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT' })
  id: number;

  /** Lower case; unique among accounts that are not deleted. */
  @Column('text')
  email: string;

  @Column('text')
  name: string;

  /** argon2id in PHC form; `null` until an admin sets a password. Not selected unless asked for. */
  @Column('text', { name: 'password_hash', nullable: true, select: false })
  passwordHash: string | null;

  @Column('boolean', { name: 'is_super_admin', default: false })
  isSuperAdmin: boolean;

  @Column('timestamptz', { name: 'created_at', insert: false })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at', insert: false })
  updatedAt: Date;

  @Column('timestamptz', { name: 'password_changed_at', insert: false })
  passwordChangedAt: Date;

  /** Disabled everywhere, by a SUPER_ADMIN or by the only club's admin. */
  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt: Date | null;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt: Date | null;

  @OneToMany(() => Membership, (membership) => membership.user)
  memberships?: Membership[];
}
