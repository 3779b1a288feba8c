import { ProblemException } from '../common/problem';

/** Days after the end in which somebody who was forgotten may be added. */
export const ADD_DAYS = 7;

/** How a session stands, as far as its players are concerned. */
export interface MatchState {
  readonly open: boolean;
  /** It is open, or ended less than {@link ADD_DAYS} ago. */
  readonly lately: boolean;
}

/** @throws ProblemException `session_over` */
export function requireAddable({ lately }: MatchState): void {
  if (!lately) {
    throw new ProblemException(
      'session_over',
      `Players are added while a match is on, and for ${ADD_DAYS} days after it.`,
    );
  }
}

/**
 * Who may take somebody out: they themselves, and the club's admins, at any time, for a right to videos that was given by
 * mistake must not last; the owner while the match is on, and those whom they added later. Whoever was there when it ended took
 * part, and the match is theirs too.
 * @throws ProblemException `session_over`
 */
export function requireRemovable(
  { open, lately }: MatchState,
  by: 'themselves' | 'admin' | 'owner',
  player: { readonly addedLater: boolean },
): void {
  if (open || by !== 'owner' || (lately && player.addedLater)) return;
  throw new ProblemException(
    'session_over',
    'They took part until the end, so the match is theirs too. They can leave it themselves; an admin can take them out.',
  );
}
