import { Ical, IcalComponent, IcalEvent, IcalTime, RecurrenceRule, rulesOf } from './ical';

const DAY_MS = 86_400_000;
/** After so many days the same weekdays are in a rule's turn again; of rules whose every turn is as long. */
const TURN_DAYS: Readonly<Record<string, number>> = { DAILY: 1, WEEKLY: 7 };
/**
 * The library takes what it begins with for an occurrence, and the first turn for a whole one, which neither may be: it begins
 * so many turns before whatever counts.
 */
const TURNS_BEFORE = 2;

/** What a clock shows, as if it were UTC's, in epoch milliseconds. */
export function wallClock({ year, month, day, hour, minute, second }: IcalTime): number {
  return new Date(0).setUTCFullYear(year, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1_000;
}

/**
 * Where a series that repeats since years may begin for nobody to see a difference; `undefined`: where it does. To find one
 * week's matches of ten years' is else most of what a calendar costs.
 * @param before no occurrence earlier than this counts, by the {@link wallClock}
 */
export function latestStart({ component }: IcalEvent, before: number): IcalTime | undefined {
  const rule = onlyRule(component);
  const start: unknown = component.getFirstPropertyValue('dtstart');
  const turn = TURN_DAYS[rule?.freq ?? ''];
  // What is counted is counted from its beginning; what only some months have, or some days of them, is walked through.
  if (!rule || rule.count !== null || turn === undefined || !(start instanceof Ical.Time)) return undefined;
  if (Object.keys(rule.parts).some((part) => part !== 'BYDAY')) return undefined;
  const days = turn * rule.interval;
  const turns = Math.floor((before - wallClock(start)) / (days * DAY_MS)) - TURNS_BEFORE;
  if (turns <= 0) return undefined;
  const later = start.clone();
  later.adjust(turns * days, 0, 0, 0);
  return later;
}

/** A series whose rule says that it was over by then. @param before by the {@link wallClock} */
export function endedBefore(component: IcalComponent, before: number): boolean {
  const until = onlyRule(component)?.until;
  // Where that is a day, the day is in it.
  return until instanceof Ical.Time && wallClock(until) + DAY_MS < before;
}

/** `null`: there are several, or days besides. */
function onlyRule(component: IcalComponent): RecurrenceRule | null {
  const [rule, ...more] = rulesOf(component);
  return rule === undefined || more.length > 0 || component.hasProperty('rdate') ? null : rule;
}
