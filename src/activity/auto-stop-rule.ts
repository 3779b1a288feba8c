import { AutoStopPace } from './auto-stop-pace';
import { judgePlay } from './play-rule';

/** What is known of a recording under way. Times are seconds of its file. */
export interface Watched {
  /** The court's setting. */
  readonly minutes: number;
  readonly scores: readonly (number | null)[];
  /** How long it is by now. */
  readonly length: number;
  /** When somebody last said that it is to go on. */
  readonly keptAt: number;
}

/** How long it has been without play, and whether that is long enough to say so (`soon`), or to stop (`over`). */
export interface Verdict {
  readonly state: 'goes_on' | 'soon' | 'over';
  readonly quietSeconds: number;
}

/** Whether a recording is to stop because nobody plays. What is not known, or not any more, is no reason. */
export function verdictOn({ minutes, scores, length, keptAt }: Watched, pace: AutoStopPace): Verdict {
  const { played, quietSeconds } = judgePlay(scores, Math.floor(keptAt));
  const limit = Math.max(minutes * pace.minute, played ? 0 : pace.patience);
  const left = limit - quietSeconds;
  if (quietSeconds === 0 || left > pace.warning || length - newest(scores) > pace.fresh)
    return { state: 'goes_on', quietSeconds };
  return { state: left > 0 ? 'soon' : 'over', quietSeconds };
}

/** Up to where something is known. */
function newest(scores: readonly (number | null)[]): number {
  let end = scores.length;
  while (end > 0 && scores[end - 1] === null) end--;
  return end;
}
