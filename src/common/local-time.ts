/** A time as a clock on the wall shows it. */
export interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/**
 * The moment at which clocks of a time zone show this, in epoch milliseconds. A time that comes twice is its first one, and one
 * that is left out is taken as if the clock had not been changed yet (RFC 5545, 3.3.5).
 * @param zone a name of the IANA time zone database
 */
export function momentAt(wall: WallTime, zone: string): number {
  const { year, month, day, hour, minute, second } = wall;
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second);
  // The offsets before and after any change of that day.
  const offsets = [asUtc - 86_400_000, asUtc + 86_400_000].map((near) => offsetAt(near, zone));
  const fits = offsets.map((offset) => asUtc - offset).filter((at) => at + offsetAt(at, zone) === asUtc);
  return fits.length > 0 ? Math.min(...fits) : asUtc - (offsets[0] as number);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** By how much clocks there are ahead of UTC at that moment, in milliseconds. */
function offsetAt(at: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    const numbers = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric' } as const;
    const options = { ...numbers, minute: 'numeric', second: 'numeric', hourCycle: 'h23', timeZone: zone } as const;
    format = new Intl.DateTimeFormat('en-US', options);
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}
