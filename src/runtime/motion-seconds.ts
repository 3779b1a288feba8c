import { motionScore } from '../media/motion-score';

/** Two pictures further apart than this say nothing of the time between them. */
const FURTHEST_SECONDS = 15;

/** A run of seconds of the file that one comparison speaks for. */
export interface ScoredSeconds {
  readonly second: number;
  readonly scores: readonly number[];
}

/**
 * Makes scores of seconds from pictures that come every few seconds: what differs between two of them moved in the time
 * between, so each second from the older one's up to the newer one's gets that score. A second is scored once.
 */
export class MotionSeconds {
  private last: { readonly at: number; readonly picture: Uint8Array } | null = null;

  /**
   * @param at where in the file the picture is, in seconds
   * @param picture gray pixels, kept until the next one
   * @returns `null`: there is nothing to compare it with
   */
  take(at: number, picture: Uint8Array): ScoredSeconds | null {
    const { last } = this;
    const second = Math.floor(last?.at ?? at);
    const seconds = Math.floor(at) - second;
    if (last && seconds === 0) return null;
    this.last = { at, picture };
    if (!last || seconds < 0 || at - last.at > FURTHEST_SECONDS) return null;
    return { second, scores: new Array<number>(seconds).fill(motionScore(last.picture, picture)) };
  }

  /** What comes next has nothing to do with what was: the time between is not known. */
  forget(): void {
    this.last = null;
  }
}
