import { setImmediate } from 'node:timers/promises';
import { isTimeZone } from '../../clubs/dto/fields';
import { atMost, Ical, IcalComponent, IcalEvent, IcalTime, TakesTooLong } from './ical';
import { momentAt } from '../../common/local-time';
import { beginLater } from './zone-rules';

/** Of a calendar that may lie in the window; what is more is not looked at. */
export const MOST_EVENTS = 500;
/** Events that do not repeat are looked at so many at once: a context a piece would cost more than they do. */
const CHUNK = 100;
/** Bookings that one calendar makes. */
const MOST_OCCURRENCES = 500;
const PARSE_MS = 1_000;
const EVENT_MS = 250;
/** For all events of a calendar together. */
const ALL_MS = 3_000;
/** An occurrence may have been moved from behind the window into it. */
const MOVED_MS = 14 * 86_400_000;
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
 * out. A stranger's text: each step is bounded in time, and others get their turn in between. A calendar may hold years of what
 * is over: only what can lie in the window counts.
 * @throws NoCalendar
 */
export async function readCalendar(text: string, rules: ReadingRules): Promise<CalendarReading> {
  const found = new Map<string, CalendarEvent>();
  const unread = new Set<string>();
  const until = performance.now() + ALL_MS;
  let skipped = 0;
  const leaveOut = (one: IcalEvent): void => {
    skipped++;
    unread.add(uidOf(one.component));
  };
  const candidates = await withoutThoseElsewhere(parse(text, rules), rules, until);
  candidates.slice(MOST_EVENTS).forEach(leaveOut);
  for (const one of candidates.slice(0, MOST_EVENTS)) {
    await setImmediate();
    const left = Math.min(EVENT_MS, Math.floor(until - performance.now()));
    if (left <= 0) {
      leaveOut(one);
      continue;
    }
    try {
      for (const event of atMost(left, () => occurrences(one, rules))) {
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

/** Leaves out what does not repeat and lies outside the window. What takes too long, or is not understood, stays. */
async function withoutThoseElsewhere(
  series: readonly IcalEvent[],
  rules: ReadingRules,
  until: number,
): Promise<IcalEvent[]> {
  const mayCount = (one: IcalEvent): boolean => {
    try {
      return one.isRecurring() || occurrences(one, rules).length > 0;
    } catch {
      return true;
    }
  };
  const kept: IcalEvent[] = [];
  for (let at = 0; at < series.length; at += CHUNK) {
    await setImmediate();
    const chunk = series.slice(at, at + CHUNK);
    const left = Math.min(EVENT_MS, Math.floor(until - performance.now()));
    try {
      kept.push(...(left > 0 ? atMost(left, () => chunk.filter(mayCount)) : chunk));
    } catch {
      kept.push(...chunk);
    }
  }
  return kept;
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

function occurrences(event: IcalEvent, rules: ReadingRules): CalendarEvent[] {
  const { from, to, timeZone } = rules;
  const found: CalendarEvent[] = [];
  const take = (item: IcalEvent, start: IcalTime, end: IcalTime, recurrence: string): void => {
    if (start.isDate || isCancelled(item) || isCancelled(event) || uidOf(item.component) === '') return;
    const zone = zoneOf(item, timeZone);
    const [startsAt, endsAt] = [momentOf(start, zone), momentOf(end, zone)];
    if (endsAt <= from || startsAt >= to) return;
    found.push({ uid: uidOf(item.component), recurrence, startsAt, endsAt, title: titleOf(item) });
  };
  if (!event.isRecurring()) {
    const recurrence = event.component.hasProperty('recurrence-id') ? nameOf(event.recurrenceId) : '';
    take(event, event.startDate, event.endDate, recurrence);
    return found;
  }
  const zone = zoneOf(event, timeZone);
  const iterator = event.iterator();
  for (;;) {
    const next = iterator.next() as IcalTime | undefined;
    if (!next || momentOf(next, zone) >= to + MOVED_MS) return found;
    // What is over is not worth the details.
    if (momentOf(next, zone) < from - MOVED_MS) continue;
    const { item, startDate, endDate, recurrenceId } = event.getOccurrenceDetails(next);
    take(item, startDate, endDate, nameOf(recurrenceId));
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
