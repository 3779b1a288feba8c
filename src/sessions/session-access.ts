import { Principal } from '../auth/principal';
import { isAdminOf, roleIn } from '../auth/tenant';
import { ProblemException } from '../common/problem';
import { CameraSession } from './entities/camera-session.entity';

/**
 * What one may do with a session: look at it (participants too), add to the match what is everybody's to add (the same people),
 * or run it (the owner and admins). Angles are looked at; all else is done to their match.
 */
export type SessionAccess = 'see' | 'act' | 'run';

/**
 * The one rule for sessions. Somebody else's session and one that does not exist answer the same 404;
 * a participant who may see but not run it gets a 403.
 * @throws ProblemException `not_found`, `is_an_angle` or `forbidden`.
 */
export function requireSession(
  principal: Principal,
  session: CameraSession | null,
  playerIds: readonly number[],
  access: SessionAccess,
): CameraSession {
  if (!session || !maySee(principal, session, playerIds)) throw new ProblemException('not_found');
  if (access !== 'see' && session.angleOf !== null) {
    throw new ProblemException('is_an_angle', `Use the session of the match: ${session.angleOf}.`);
  }
  if (access === 'run' && !mayRun(principal, session)) {
    throw new ProblemException('forbidden', 'Only the owner of the session and the admins of the club may do this.');
  }
  return session;
}

/** Whose a session is. */
type Ownership = Pick<CameraSession, 'clubId' | 'userId'>;

export function maySee(principal: Principal, session: Ownership, playerIds: readonly number[]): boolean {
  if (roleIn(principal, session.clubId) === null) return false;
  return mayRun(principal, session) || playerIds.includes(principal.userId);
}

function mayRun(principal: Principal, session: Ownership): boolean {
  return isAdminOf(principal, session.clubId) || session.userId === principal.userId;
}
