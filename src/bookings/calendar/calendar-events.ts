import { isTimeZone } from '../../clubs/dto/fields';
import { atMost, Ical, IcalComponent, IcalEvent, IcalTime, TakesTooLong } from './ical';
import { momentAt } from '../../common/local-time';
import { ReadingEffort } from './reading-effort';
import { endedBefore, latestStart, wallClock } from './series-start';
import { beginLater } from './zone-rules';

/** Of a calendar that lie in the window; what is more is not taken. */
export const MOST_EVENTS = 500;
/** Bookings that one calendar makes. */
const MOST_OCCURRENCES = 500;
const PARSE_MS = 1_000;
const DAY_MS = 86_400_000;
/** An occurrence may have been moved from behind the window into it. */
const MOVED_MS = 14 * DAY_MS;
const MOST_TITLE = 120;
/** Of what names an event, and which of its repetitions. */
const MOST_NAME = 255;

/** One occurrence of an event. */
export interface CalendarEvent {
  readonly uid: string;
  /** Which one, of an event that repeats; else empty. */
  readonly recurrence: string;
  /** Epoch milliseconds. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly title: string | null;
}

export interface CalendarReading {
  /** By their start. */
  readonly events: readonly CalendarEvent[];
  /** Events that lie in the window and cannot be bookings: too long, too many, or not understood. */
  readonly skipped: number;
  /** Of events that were not read, or not to the end: that they are not in `events` says nothing. */
  readonly unread: ReadonlySet<string>;
}

export interface ReadingRules {
  /** What ends after this is read, epoch milliseconds. */
  readonly from: number;
  /** What begins before this is read. */
  readonly to: number;
  /** For times that name no zone of their own. */
  readonly timeZone: string;
  readonly longestMs: number;
}

/** What is no calendar. Its message is a sentence for people. */
export class NoCalendar extends Error {}

/**
 * The occurrences of a calendar's events within a window (RFC 5545): repetitions with their exceptions, in the calendar's own
 * time zones or, where it has none by that name, those of the IANA database. Days without a time and cancelled events are left
 * out. A stranger's text: {@link ReadingEffort} bounds what is done for it, and others get their turn in between. A calendar may
 * hold years of what is over: only what lies in the window counts.
 * @throws NoCalendar
 */
export async function readCalendar(text: string, rules: ReadingRules): Promise<CalendarReading> {
  const found = new Map<string, CalendarEvent>();
  const unread = new Set<string>();
  const effort = new ReadingEffort();
  let [skipped, counted] = [0, 0];
  const leaveOut = (one: IcalEvent): void => {
    skipped++;
    unread.add(uidOf(one.component));
  };
  for (const one of parse(text, rules)) {
    try {
      const events = await effort.spend(occurrences(one, rules));
      if (events.length === 0) continue;
      if (++counted > MOST_EVENTS) {
        leaveOut(one);
        continue;
      }
      for (const event of events) {
        const tooLong = event.endsAt - event.startsAt > rules.longestMs;
        if (tooLong || event.endsAt <= event.startsAt) skipped++;
        else if (found.size >= MOST_OCCURRENCES) leaveOut(one);
        else found.set(`${event.uid}\n${event.recurrence}`, event);
      }
    } catch {
      // Whatever the library makes of one event must not cost the others.
      leaveOut(one);
    }
  }
  const events = [...found.values()].sort((a, b) => a.startsAt - b.startsAt);
  return { events, skipped, unread };
}

/** @throws NoCalendar */
function parse(text: string, rules: ReadingRules): IcalEvent[] {
  try {
    return atMost(PARSE_MS, () => {
      // Zones of one calendar are never another one's.
      Ical.TimezoneService.reset();
      const calendar = new Ical.Component(Ical.parse(text) as never);
      if (calendar.name !== 'vcalendar') throw new NoCalendar('no calendar');
      calendar.getAllSubcomponents('vtimezone').forEach((zone) => beginLater(zone, rules.from));
      return seriesOf(calendar);
    });
  } catch (error) {
    const slow = error instanceof TakesTooLong;
    throw new NoCalendar(slow ? 'The calendar takes too long to read.' : 'What the address gives is no calendar.', {
      cause: error,
    });
  }
}

/** Each event with the changed occurrences of its series. */
function seriesOf(calendar: IcalComponent): IcalEvent[] {
  const components = calendar.getAllSubcomponents('vevent');
  const changed = components.filter((one) => one.hasProperty('recurrence-id'));
  const masters = components.filter((one) => !one.hasProperty('recurrence-id'));
  const uids = new Set(masters.map(uidOf));
  const exceptions = new Map<string, IcalComponent[]>();
  for (const one of changed) exceptions.set(uidOf(one), [...(exceptions.get(uidOf(one)) ?? []), one]);
  // Of a series that somebody was invited to once, the calendar holds that occurrence alone.
  const alone = changed.filter((one) => !uids.has(uidOf(one)));
  return [
    ...masters.map((one) => new Ical.Event(one, { exceptions: exceptions.get(uidOf(one)) ?? [] } as never)),
    ...alone.map((one) => new Ical.Event(one)),
  ];
}

/** Step by step: each gives what it finds in the window, of a series mostly nothing. */
function* occurrences(event: IcalEvent, rules: ReadingRules): Generator<CalendarEvent | null> {
  const { from, to, timeZone } = rules;
  const take = (item: IcalEvent, start: IcalTime, end: IcalTime, recurrence: string): CalendarEvent | null => {
    if (start.isDate || isCancelled(item) || isCancelled(event) || uidOf(item.component) === '') return null;
    // What its zone makes of it costs most, and no clock is a day away from another.
    if (wallClock(end) <= from - DAY_MS || wallClock(start) >= to + DAY_MS) return null;
    const zone = zoneOf(item, timeZone);
    const [startsAt, endsAt] = [momentOf(start, zone), momentOf(end, zone)];
    if (endsAt <= from || startsAt >= to) return null;
    return { uid: uidOf(item.component), recurrence, startsAt, endsAt, title: titleOf(item) };
  };
  if (!event.isRecurring()) {
    const recurrence = event.component.hasProperty('recurrence-id') ? nameOf(event.recurrenceId) : '';
    yield take(event, event.startDate, event.endDate, recurrence);
    return;
  }
  const [first, last] = [from - MOVED_MS - DAY_MS, to + MOVED_MS + DAY_MS];
  if (endedBefore(event.component, first)) return;
  const iterator = event.iterator(latestStart(event, first));
  for (;;) {
    const next = iterator.next() as IcalTime | undefined;
    if (!next || wallClock(next) >= last) return;
    // What is over is not worth the details.
    if (wallClock(next) < first) {
      yield null;
      continue;
    }
    const { item, startDate, endDate, recurrenceId } = event.getOccurrenceDetails(next);
    yield take(item, startDate, endDate, nameOf(recurrenceId));
  }
}

/** Of a time that says no offset itself and whose zone the calendar does not define. */
function zoneOf(event: IcalEvent, otherwise: string): string {
  const named: unknown = event.component.getFirstProperty('dtstart')?.getParameter('tzid');
  return isTimeZone(named) ? String(named) : otherwise;
}

function momentOf(time: IcalTime, zone: string): number {
  const known = time.zone && time.zone !== Ical.Timezone.localTimezone;
  return known ? time.toUnixTime() * 1000 : momentAt(time, zone);
}

function uidOf(component: IcalComponent): string {
  const uid: unknown = component.getFirstPropertyValue('uid');
  return typeof uid === 'string' ? nameOf(uid) : '';
}

/** As a row of the database can hold it: without control characters and halves of a character, and not longer than it may be. */
function nameOf(value: unknown): string {
  return String(value)
    .slice(0, MOST_NAME)
    .replace(/[\p{Cc}\p{Cs}]+/gu, '');
}

function isCancelled({ component }: IcalEvent): boolean {
  return String(component.getFirstPropertyValue('status')).toUpperCase() === 'CANCELLED';
}

function titleOf({ summary }: IcalEvent): string | null {
  const line = String(summary ?? '')
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return [...line].slice(0, MOST_TITLE).join('').trim() || null;
}
