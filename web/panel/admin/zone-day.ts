const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * The moment a day begins where the club is, in ISO 8601.
 * @param day `2026-05-01`
 * @param later so many days after it
 * @returns `null` where it is no day
 */
export function startOfDay(day: string, timeZone: string, later = 0): string | null {
  const match = DAY.exec(day);
  if (match === null) return null;
  const [year, month, date] = match.slice(1).map(Number) as [number, number, number];
  const wanted = Date.UTC(year, month - 1, date + later);
  if (Number.isNaN(wanted)) return null;
  // The zone's offset is asked for where the day begins, not where UTC's does: they may lie about a change of clocks.
  const near = wanted - offsetAt(wanted, timeZone);
  return new Date(wanted - offsetAt(near, timeZone)).toISOString();
}

/** Milliseconds that a zone's clocks are ahead of UTC at a moment. */
function offsetAt(moment: number, timeZone: string): number {
  const options = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
  const clock = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
  const parts = new Intl.DateTimeFormat('en', { ...options, ...clock, timeZone }).formatToParts(moment);
  const part = (wanted: string): number => Number(parts.find(({ type }) => type === wanted)?.value);
  const [year, month, day] = [part('year'), part('month'), part('day')];
  return Date.UTC(year, month - 1, day, part('hour'), part('minute'), part('second')) - moment;
}
