import { ApiProperty } from '@nestjs/swagger';
import { Account } from './accounts.service';
import { ClubRole, Principal, Role } from './principal';

export class MembershipView {
  @ApiProperty({ example: 1 })
  club_id: number;

  @ApiProperty({ enum: ['CLUB_ADMIN', 'PLAYER'] })
  role: ClubRole;
}

/** The wire's `user`. */
export class UserView {
  @ApiProperty({ example: 12 })
  id: number;

  @ApiProperty({ example: 'desk@club.example' })
  email: string;

  @ApiProperty({ example: 'Front desk' })
  name: string;

  @ApiProperty({ enum: ['SUPER_ADMIN', 'CLUB_ADMIN', 'PLAYER'], description: 'In the club of `club_id`.' })
  role: Role;

  @ApiProperty({ type: Number, nullable: true, example: 1, description: '`null` for a SUPER_ADMIN.' })
  club_id: number | null;

  @ApiProperty({ type: [MembershipView], description: 'As far as the caller may know of them.' })
  memberships: MembershipView[];

  @ApiProperty({ example: false, description: 'Everywhere, or in the club of `club_id`.' })
  disabled: boolean;
}

/** The wire's `user` of who asks. */
export class OwnUserView extends UserView {
  @ApiProperty({
    example: true,
    description:
      "`false`: a club's admin set my password, and knows it, so that it opens that club alone: what I am in other clubs waits " +
      'until I choose a password of my own. `POST /api/auth/password` does where I am in no other club yet; where I am, a ' +
      'link does (`POST /api/auth/password/forgot`, or from a SUPER_ADMIN).',
  })
  password_chosen: boolean;
}

/** The person who asks, in their active club. */
export function viewOfPrincipal(principal: Principal): OwnUserView {
  return {
    id: principal.userId,
    email: principal.email,
    name: principal.name,
    role: principal.role,
    club_id: principal.clubId,
    memberships: principal.memberships.map(({ clubId, role }) => ({ club_id: clubId, role })),
    disabled: false,
    password_chosen: principal.passwordChosen,
  };
}

/**
 * Somebody, seen from a club.
 * @param clubId the club they are looked at in; `null`: their first, or none for a SUPER_ADMIN
 * @param visible whether the viewer may know of a membership
 */
export function viewOfAccount(account: Account, clubId: number | null, visible: (clubId: number) => boolean): UserView {
  const memberships = account.memberships.filter((membership) => visible(membership.clubId));
  const own = memberships.find((membership) => membership.clubId === clubId) ?? memberships[0];
  return {
    id: account.id,
    email: account.email,
    name: account.name,
    role: account.isSuperAdmin ? 'SUPER_ADMIN' : (own?.role ?? 'PLAYER'),
    club_id: account.isSuperAdmin ? null : (own?.clubId ?? null),
    memberships: memberships.map((membership) => ({ club_id: membership.clubId, role: membership.role })),
    disabled: account.disabled || own?.disabled === true,
  };
}
