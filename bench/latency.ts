import type { SentPicture } from './camera-host';

/** A picture that somebody saw: what its time bars say, and when, in monotonic milliseconds of the machine. */
export interface SeenPicture {
  readonly bars: number | null;
  readonly at: number;
}

/** Longer than any picture is on its way, shorter than the clip, after which its numbers come again. */
const MOST_MS = 5_000;

/** Milliseconds that each seen picture was on its way from the camera; unreadable ones are left out. */
export function latencies(seen: readonly SeenPicture[], sent: readonly SentPicture[]): number[] {
  const byBars = new Map<number, number[]>();
  for (const { bars, at } of sent) byBars.set(bars, [...(byBars.get(bars) ?? []), at]);
  return seen.flatMap(({ bars, at }) => {
    const times = bars === null ? [] : (byBars.get(bars) ?? []);
    const last = times.filter((time) => time <= at).pop();
    return last === undefined || at - last > MOST_MS ? [] : [at - last];
  });
}
