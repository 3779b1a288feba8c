const HOUR_MS = 3_600_000;
/** What a club's day looks like where nothing else is booked: from eight to ten. */
const USUALLY_FROM_MS = 8 * HOUR_MS;
const USUALLY_TO_MS = 22 * HOUR_MS;

export interface Span {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

interface Timed {
  readonly starts_at: string;
  readonly ends_at: string;
}

/** One in its column: where it begins and ends, 0 to 1 of what is shown, and its place beside those of the same time. */
export interface Placed<T> {
  readonly item: T;
  readonly top: number;
  readonly bottom: number;
  readonly lane: number;
  readonly lanes: number;
}

/**
 * The part of a day that is shown: the usual hours, and whatever is booked or now beyond them, by whole hours. What is over today
 * and had nothing booked is left out: nobody comes to see it.
 */
export function shownPart(items: readonly Timed[], day: Span, now: number): Span {
  const moments = items.flatMap(({ starts_at, ends_at }) => [Date.parse(starts_at), Date.parse(ends_at)]);
  const usually = day.from + USUALLY_FROM_MS;
  const isToday = now >= day.from && now < day.to;
  if (isToday) moments.push(now);
  const from = Math.min(isToday ? Math.max(usually, now - HOUR_MS) : usually, ...moments);
  const to = Math.max(Math.min(day.from + USUALLY_TO_MS, day.to), ...moments);
  const hours = (moment: number, round: (value: number) => number): number =>
    day.from + round((moment - day.from) / HOUR_MS) * HOUR_MS;
  return { from: Math.max(day.from, hours(from, Math.floor)), to: Math.min(day.to, hours(to, Math.ceil)) };
}

/** The moments at which its hours begin. */
export function hoursOf({ from, to }: Span): number[] {
  return Array.from({ length: Math.ceil((to - from) / HOUR_MS) }, (_, i) => from + i * HOUR_MS);
}

/** How far down a moment lies, 0 to 1. */
export function downOf(moment: number, { from, to }: Span): number {
  return Math.min(1, Math.max(0, (moment - from) / (to - from)));
}

/** Places those of one court. Two of the same time, one that ended early and what came after it, lie beside each other. */
export function placed<T extends Timed>(items: readonly T[], shown: Span): Placed<T>[] {
  const sorted = [...items].sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at));
  const all: Placed<T>[] = [];
  let group: { item: T; lane: number }[] = [];
  let lanes: number[] = [];
  const flush = (): void => {
    for (const { item, lane } of group) {
      const [top, bottom] = [downOf(Date.parse(item.starts_at), shown), downOf(Date.parse(item.ends_at), shown)];
      all.push({ item, top, bottom, lane, lanes: lanes.length });
    }
    group = [];
    lanes = [];
  };
  for (const item of sorted) {
    const start = Date.parse(item.starts_at);
    if (lanes.every((end) => end <= start)) flush();
    const free = lanes.findIndex((end) => end <= start);
    const lane = free < 0 ? lanes.length : free;
    lanes[lane] = Date.parse(item.ends_at);
    group.push({ item, lane });
  }
  flush();
  return all;
}
