/** A second's score from which on somebody moves, and not only a ball or a leaf: 0.3 % of the picture. */
const LIVELY_SCORE = 3;
/** The seconds that are looked at together. */
const WINDOW = 30;
/** So many lively ones of them, and there is play: somebody who only crosses the court is gone before. */
const PLAY_BEGINS = 10;
/** Play goes on while there are so many: a pause between two rallies is no end. */
const PLAY_GOES_ON = 3;

/** What scores say of play. */
export interface Play {
  /** There was play at some time. */
  readonly played: boolean;
  readonly playing: boolean;
  /** Seconds without play up to the end: only those of which it is known. */
  readonly quietSeconds: number;
}

/**
 * Whether there is play, and if not, for how long there was none. Erring is to err for a match: play is slow to begin and slower
 * to end, and seconds without a score never count as quiet ones.
 * @param scores one a second of the file; `null` and what is missing: not known
 * @param keptFrom in this second somebody said that it is to go on: quiet is counted from there
 */
export function judgePlay(scores: readonly (number | null | undefined)[], keptFrom = 0): Play {
  let [played, playing, quietSeconds, sinceLively, lively] = [false, false, 0, 0, 0];
  for (let second = 0; second < scores.length; second++) {
    const score = scores[second] ?? null;
    if (isLively(scores[second - WINDOW])) lively--;
    if (second === keptFrom) quietSeconds = sinceLively = 0;
    if (isLively(score)) {
      lively++;
      sinceLively = 0;
    } else if (score !== null) sinceLively++;
    const plays = lively >= (playing ? PLAY_GOES_ON : PLAY_BEGINS);
    // It ended with its last lively second, not when that was certain.
    if (plays) quietSeconds = 0;
    else if (playing) quietSeconds = sinceLively;
    else if (score !== null) quietSeconds++;
    playing = plays;
    played ||= plays;
  }
  // Somebody said so later than anything is known.
  if (keptFrom >= scores.length) quietSeconds = 0;
  return { played, playing, quietSeconds };
}

function isLively(score: number | null | undefined): boolean {
  return (score ?? 0) >= LIVELY_SCORE;
}
