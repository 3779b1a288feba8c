import { beginOf, dayAfter, dayOf } from '../videos/club-days';

const DAY_MS = 86_400_000;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;

/**
 * The moment at which clocks where the club is show this. A time that comes twice is its first one; one that is left out is
 * as long after the change as it would have been.
 * @param day `2026-05-01`
 * @param time `17:30`
 * @returns epoch milliseconds; `null`: it is no time of day
 */
export function instantOf(day: string, time: string, timeZone: string): number | null {
  const found = TIME.exec(time);
  if (!found) return null;
  const wall = Date.parse(`${day}T${time}:00Z`);
  const offsets = [wall - DAY_MS, wall + DAY_MS].map((near) => wallOf(near, timeZone) - near);
  const fits = offsets.map((offset) => wall - offset).filter((at) => wallOf(at, timeZone) === wall);
  return fits.length > 0 ? Math.min(...fits) : wall - (offsets[0] as number);
}

/** The time of day that clocks there show, as a field for times has it: `17:30`. */
export function timeOf(moment: string | number, timeZone: string): string {
  return new Date(wallOf(new Date(moment).getTime(), timeZone)).toISOString().slice(11, 16);
}

/** A day from its beginning to the next one's, in epoch milliseconds: 23 or 25 hours where clocks are changed. */
export function spanOf(day: string, timeZone: string): { readonly from: number; readonly to: number } {
  return { from: beginOf(day, timeZone).getTime(), to: beginOf(dayAfter(day), timeZone).getTime() };
}

/** The day before a day. */
export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) - DAY_MS).toISOString().slice(0, 10);
}

/** The next half hour, where the club is: when somebody who books now wants to play. */
export function nextHalfHour(now: number, timeZone: string): { readonly day: string; readonly time: string } {
  const next = Math.ceil(now / 1_800_000) * 1_800_000;
  return { day: dayOf(next, timeZone), time: timeOf(next, timeZone) };
}

/** What a clock there shows, as if it were UTC. */
function wallOf(moment: number, timeZone: string): number {
  const numbers = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
  const format = new Intl.DateTimeFormat('en-US', { ...numbers, second: '2-digit', hourCycle: 'h23', timeZone });
  const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
