import type { MediaUrlClaim } from './media-url-path';

/** What somebody may be. The strings are the wire's. */
export type Role = 'SUPER_ADMIN' | 'CLUB_ADMIN' | 'PLAYER';

/** What somebody may be within a club. */
export type ClubRole = Exclude<Role, 'SUPER_ADMIN'>;

export interface PrincipalMembership {
  readonly clubId: number;
  readonly role: ClubRole;
}

/**
 * Who asks: read from the database on every request, never from the token alone.
 * Only memberships in force are listed (club not deleted, person not disabled in it), and of these those that their password
 * reaches (`password-club.ts`).
 */
export interface Principal {
  readonly userId: number;
  readonly email: string;
  readonly name: string;
  /** `false`: a club's admin set their password, and `memberships` has that club alone. */
  readonly passwordChosen: boolean;
  /** In the active club; `SUPER_ADMIN` everywhere. */
  readonly role: Role;
  /** The active club; `null` for a SUPER_ADMIN, and only for them. */
  readonly clubId: number | null;
  readonly memberships: readonly PrincipalMembership[];
  /** The sign-in (family of refresh tokens) this request belongs to. */
  readonly familyId: string;
  /** `media`: came with the media cookie, good for reading media only; `url`: by a media URL, good for what that names. */
  readonly via: 'bearer' | 'media' | 'url';
  /** Of the media URL that was used. */
  readonly mediaUrl?: MediaUrlClaim;
}
