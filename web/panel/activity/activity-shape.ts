import type { Activity } from './activity-data';

/** From here on somebody moves: the service's own measure of play. */
const LIVELY = 3;
/** A line is drawn for nothing, too: nothing is known is no line. */
const LEAST = 0.04;

/** How high a score stands in the graph, 0 to 1: what is small shows, what is large does not hide it. */
function heightOf(score: number): number {
  return Math.max(LEAST, Math.sqrt(Math.min(100, score) / 100));
}

/**
 * The graph as a path in a box of 1000 x 100, an area for each stretch of which something is known.
 * @param end seconds that the box is wide
 */
export function areaOf({ scores, bucket_seconds: step }: Activity, end: number): string {
  const areas: string[] = [];
  let open: string[] = [];
  const x = (seconds: number): string => Math.min(1000, (1000 * seconds) / end).toFixed(1);
  const close = (): void => {
    if (open.length > 0) areas.push(`${open.join(' ')} V100 Z`);
    open = [];
  };
  scores.forEach((score, i) => {
    const from = i * step;
    if (score === null || from >= end) return close();
    const y = (100 * (1 - heightOf(score))).toFixed(1);
    if (open.length === 0) open.push(`M${x(from)} 100`);
    open.push(`L${x(from)} ${y}`, `L${x(from + step)} ${y}`);
  });
  close();
  return areas.join(' ');
}

/** What the graph says in words: how much of the known time is lively, and the longest stretch that is not. */
export interface ActivityWords {
  /** 0 to 1. */
  readonly lively: number;
  /** Seconds; `null`: there is none of a minute or more. */
  readonly pause: { readonly start: number; readonly length: number } | null;
}

const LEAST_PAUSE = 60;

/** `null`: nothing is known. */
export function wordsOf({ scores, bucket_seconds: step }: Activity): ActivityWords | null {
  const known = scores.filter((score) => score !== null);
  if (known.length === 0) return null;
  let pause: ActivityWords['pause'] = null;
  let since: number | null = null;
  [...scores, null].forEach((score, i) => {
    if (score !== null && score < LIVELY) since ??= i;
    else if (since !== null) {
      const found = { start: since * step, length: (i - since) * step };
      if (found.length >= LEAST_PAUSE && found.length > (pause?.length ?? 0)) pause = found;
      since = null;
    }
  });
  return { lively: known.filter((score) => score >= LIVELY).length / known.length, pause };
}
