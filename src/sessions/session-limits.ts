import { EntityManager } from 'typeorm';
import { ProblemException } from '../common/problem';

/** How many matches may be open at once, whatever number of cameras they have; `null`: no limit of this kind. */
export interface SessionLimits {
  /** Those of the club. */
  readonly club: number | null;
  /** Those the owner of the new one owns, whatever the club. */
  readonly user: number | null;
}

/** Somebody may have closed one by then. */
export const LIMIT_RETRY_SECONDS = 60;

/** Classes of advisory locks ("PVLC", "PVLU"): one lock a club, one a user. */
const CLUB_LOCK = 0x50564c43;
const USER_LOCK = 0x50564c55;
/** As the indices have it, so that they are used. */
const OPEN = `status IN ('connecting', 'live', 'reconnecting')`;

/**
 * To be called in the transaction that has entered the session, so that it counts itself: whoever counts holds the lock up to
 * the commit, and the next one sees the row. Locks are taken in one order, first the club's.
 * @throws ProblemException `session_limit`; the transaction takes the session back.
 */
export async function refuseOverLimit(
  manager: EntityManager,
  session: { readonly clubId: number; readonly userId: number },
  limits: SessionLimits,
): Promise<void> {
  const { clubId, userId } = session;
  if (limits.club !== null && (await countLocked(manager, CLUB_LOCK, 'club_id', clubId)) > limits.club) {
    throw overLimit(`All ${sessions(limits.club)} of this club are in use: close one first.`);
  }
  if (limits.user !== null && (await countLocked(manager, USER_LOCK, 'user_id', userId)) > limits.user) {
    throw overLimit(`A player may have ${sessions(limits.user)} open at once: close one of yours first.`);
  }
}

/** @param detail a sentence that says which limit it is */
export function overLimit(detail: string): ProblemException {
  return new ProblemException('session_limit', detail, { retryAfterSeconds: LIMIT_RETRY_SECONDS });
}

async function countLocked(
  manager: EntityManager,
  lock: number,
  column: 'club_id' | 'user_id',
  id: number,
): Promise<number> {
  await manager.query('SELECT pg_advisory_xact_lock($1, $2)', [lock, id]);
  // A statement of its own: its snapshot is taken once the lock is there.
  const rows = await manager.query<{ open: number }[]>(
    `SELECT count(*)::integer AS open FROM camera_sessions WHERE ${column} = $1 AND ${OPEN} AND angle_of IS NULL`,
    [id],
  );
  return rows[0]?.open ?? 0;
}

function sessions(count: number): string {
  return count === 1 ? '1 session' : `${count} sessions`;
}
