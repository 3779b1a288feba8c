import { Ical, IcalComponent, RecurrenceRule, rulesOf } from './ical';

/** After so many years the calendar is the same again, days of the week and leap years too. */
const CYCLE_YEARS = 400;
/** Of what is asked for, no time lies further back in another year of the zone. */
const MARGIN_YEARS = 2;

/**
 * Has a zone's yearly rules begin a whole cycle of the calendar later, where they still apply then: Outlook's begin in 1601, and
 * to find the offset of one match each change since then is worked out, which is most of what its calendar costs.
 * @param zone a `VTIMEZONE`
 * @param from the zone is asked for nothing before, epoch milliseconds
 */
export function beginLater(zone: IcalComponent, from: number): void {
  const latest = new Date(from).getUTCFullYear() - MARGIN_YEARS;
  for (const observance of zone.getAllSubcomponents()) {
    try {
      startLater(observance, latest);
    } catch {
      // A stranger's text. What is not understood stays; whatever needs it will say so.
    }
  }
}

function startLater(observance: IcalComponent, latest: number): void {
  const start: unknown = observance.getFirstPropertyValue('dtstart');
  const rules = rulesOf(observance);
  if (!(start instanceof Ical.Time) || rules.length === 0 || !rules.every(goesOnForEver)) return;
  const time = start.clone();
  while (time.year + CYCLE_YEARS <= latest) time.year += CYCLE_YEARS;
  observance.updatePropertyWithValue('dtstart', time);
}

/** Every year. What ends, or skips years, stays as it is. */
function goesOnForEver({ freq, interval, count, until }: RecurrenceRule): boolean {
  return freq === 'YEARLY' && interval === 1 && !count && !until;
}
