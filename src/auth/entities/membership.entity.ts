import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { ClubRole } from '../principal';
import { User } from './user.entity';

/** What a person is in a club. */
@Entity({ name: 'memberships' })
export class Membership {
  @PrimaryColumn('integer', { name: 'user_id' })
  userId: number;

  @PrimaryColumn('integer', { name: 'club_id' })
  clubId: number;

  @ManyToOne(() => User, (user) => user.memberships)
  @JoinColumn({ name: 'user_id' })
  user?: User;

  @Column('text')
  role: ClubRole;

  /** Disabled in this club only: a club's admin never reaches the others. */
  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt: Date | null;
}
