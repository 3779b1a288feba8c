/** Days of a club: `2026-05-01`, as a date field has them, in the club's time zone and not in the reader's. */

const HALF_DAY_MS = 12 * 3_600_000;
/** No zone is further from UTC than +14:00 or −12:00. */
const FARTHEST_MS = 15 * 3_600_000;
const DAY = /^(20\d{2})-(\d{2})-(\d{2})$/;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether it is a day of the calendar, in this century: while one types a year it is `0002` first. */
export function isDay(text: unknown): text is string {
  if (typeof text !== 'string' || !DAY.test(text)) return false;
  const noon = new Date(`${text}T12:00:00Z`);
  return !Number.isNaN(noon.getTime()) && noon.toISOString().startsWith(text);
}

/** The day that a moment lies in. */
export function dayOf(moment: string | number | Date, timeZone: string): string {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formats.set(timeZone, format);
  }
  const parts = format.formatToParts(new Date(moment));
  const part = (wanted: string): string => parts.find(({ type }) => type === wanted)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/**
 * The moment a day begins. It is looked for, not computed: where clocks change at midnight a day begins at one o'clock.
 * @param day as {@link isDay} takes it
 */
export function beginOf(day: string, timeZone: string): Date {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  let before = midnight - FARTHEST_MS;
  let after = midnight + FARTHEST_MS;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (dayOf(middle, timeZone) < day) before = middle;
    else after = middle;
  }
  return new Date(after);
}

/** The day after a day, in every zone the same. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + 2 * HALF_DAY_MS).toISOString().slice(0, 10);
}

/** From the beginning of one day up to the end of another, as the service asks for it: `to` is the first moment not in it. */
export function momentsOf(
  range: { readonly from?: string | undefined; readonly to?: string | undefined },
  timeZone: string,
): { from?: string; to?: string } {
  const { from, to } = range;
  return {
    ...(from !== undefined && { from: beginOf(from, timeZone).toISOString() }),
    ...(to !== undefined && { to: beginOf(dayAfter(to), timeZone).toISOString() }),
  };
}

export interface DayOf<T> {
  readonly day: string;
  readonly items: readonly T[];
}

/** Sorts what is in order of time into its days. */
export function byDay<T extends { readonly created_at: string }>(items: readonly T[], timeZone: string): DayOf<T>[] {
  const days: { day: string; items: T[] }[] = [];
  for (const item of items) {
    const day = dayOf(item.created_at, timeZone);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, items: [item] });
  }
  return days;
}
