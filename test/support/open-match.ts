import { randomUUID } from 'node:crypto';
import { newJoinCode } from '../../src/sessions/join-code';
import { ownIdentity } from '../../src/runtime/process-identity';

export interface OpenMatch {
  readonly id: string;
  /** By which others join. */
  readonly code: string;
}

/**
 * The row of an open session without a camera: of this process, which is the service's, and so new that nobody wonders for an
 * hour where its camera is.
 * @param query of the service's database
 * @param courtId one on which no session is open
 */
export async function openMatch(
  query: (text: string, parameters: unknown[]) => Promise<unknown>,
  { clubId, courtId, ownerId }: { clubId: number; courtId: number; ownerId: number },
): Promise<OpenMatch> {
  const match = { id: randomUUID(), code: newJoinCode() };
  await query(
    `INSERT INTO camera_sessions (id, court_id, club_id, user_id, status, owner, join_code, created_at)
     VALUES ($1, $2, $3, $4, 'live', $5, $6, now() + interval '1 hour')`,
    [match.id, courtId, clubId, ownerId, JSON.stringify(ownIdentity()), match.code],
  );
  return match;
}
