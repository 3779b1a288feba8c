import { MOST_EVENTS, NoCalendar, readCalendar } from './calendar-events';
import { Ical, IcalComponent } from './ical';

const DAY = 86_400_000;
const FROM = Date.parse('2026-10-19T00:00:00Z');
const RULES = { from: FROM, to: FROM + 14 * DAY, timeZone: 'Europe/Paris', longestMs: 4 * 3_600_000 };

const calendar = (...parts: string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...parts, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: string[]): string => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'].join('\r\n');
const ninety = (start: string, zone = ';TZID=Europe/Paris'): string[] => [`DTSTART${zone}:${start}`, 'DURATION:PT90M'];

async function starts(text: string): Promise<string[]> {
  return (await readCalendar(text, RULES)).events.map(({ startsAt }) => new Date(startsAt).toISOString().slice(0, 16));
}

describe('readCalendar', () => {
  it('takes one event with its title, its end, and its zone', async () => {
    const text = calendar(
      event('UID:a', 'SUMMARY:League\\nround 3', 'DTSTART;TZID=Europe/Paris:20261020T180000', 'DTEND:20261020T173000Z'),
    );
    expect(await readCalendar(text, RULES)).toEqual({
      events: [
        {
          ...{ uid: 'a', recurrence: '', title: 'League round 3' },
          ...{ startsAt: Date.parse('2026-10-20T16:00:00Z'), endsAt: Date.parse('2026-10-20T17:30:00Z') },
        },
      ],
      skipped: 0,
      unread: new Set(),
    });
  });

  it.each([
    ['UTC', '', '20261020T180000Z', '2026-10-20T18:00'],
    ['another zone', ';TZID=America/New_York', '20261020T180000', '2026-10-20T22:00'],
    ['no zone: the club’s', '', '20261020T180000', '2026-10-20T16:00'],
    ['a zone nobody knows: the club’s', ';TZID=Mars', '20261020T180000', '2026-10-20T16:00'],
  ])('knows a time in %s', async (_, zone, start, expected) => {
    expect(await starts(calendar(event('UID:a', ...ninety(start, zone))))).toEqual([expected]);
  });

  it("knows a zone of the calendar's own, whatever its name", async () => {
    const zone = [
      ...['BEGIN:VTIMEZONE', 'TZID:W. Europe Standard Time', 'BEGIN:STANDARD', 'DTSTART:16010101T030000'],
      ...['TZOFFSETFROM:+0200', 'TZOFFSETTO:+0100', 'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10', 'END:STANDARD'],
      ...['BEGIN:DAYLIGHT', 'DTSTART:16010101T020000', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200'],
      ...['RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3', 'END:DAYLIGHT', 'END:VTIMEZONE'],
    ].join('\r\n');
    const matches = event(
      'UID:a',
      ...ninety('20261020T180000', ';TZID="W. Europe Standard Time"'),
      'RRULE:FREQ=WEEKLY',
    );
    const steps = jest.spyOn(Ical.RecurIterator.prototype, 'next');
    try {
      expect(await starts(calendar(zone, matches))).toEqual(['2026-10-20T16:00', '2026-10-27T17:00']);
      // Not one for each year since 1601: on a busy machine that takes longer than an event may.
      expect(steps.mock.calls.length).toBeLessThan(200);
    } finally {
      steps.mockRestore();
    }
  });

  it('knows a zone whose rules ended centuries ago, or hold every other year, or have no beginning', async () => {
    const observance = (...lines: string[]): string =>
      ['BEGIN:STANDARD', ...lines, 'TZOFFSETFROM:+0200', 'TZOFFSETTO:+0300', 'END:STANDARD'].join('\r\n');
    const zone = [
      ...['BEGIN:VTIMEZONE', 'TZID:Odd'],
      observance('DTSTART:16010101T000000', 'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=16200101T000000'),
      observance('DTSTART:16020101T000000', 'RRULE:FREQ=YEARLY;INTERVAL=3;BYMONTH=1;BYDAY=1SU'),
      observance('RRULE:FREQ=YEARLY'),
      'END:VTIMEZONE',
    ].join('\r\n');
    expect(await starts(calendar(zone, event('UID:a', ...ninety('20261020T180000', ';TZID=Odd'))))).toEqual([
      '2026-10-20T15:00',
    ]);
  });

  it('repeats at the hour of the wall clock, over its change, without what is excepted', async () => {
    const daily = event(
      ...['UID:a', ...ninety('20261001T200000'), 'RRULE:FREQ=DAILY;UNTIL=20261028T230000Z'],
      'EXDATE;TZID=Europe/Paris:20261021T200000,20261022T200000',
    );
    expect(await starts(calendar(daily))).toEqual([
      ...['2026-10-19T18:00', '2026-10-20T18:00', '2026-10-23T18:00', '2026-10-24T18:00'],
      ...['2026-10-25T19:00', '2026-10-26T19:00', '2026-10-27T19:00', '2026-10-28T19:00'],
    ]);
  });

  it('follows single occurrences that were moved, also into the window, or cancelled', async () => {
    const series = event('UID:a', ...ninety('20261006T180000'), 'RRULE:FREQ=WEEKLY;COUNT=5');
    const moved = event('UID:a', 'RECURRENCE-ID;TZID=Europe/Paris:20261020T180000', ...ninety('20261021T190000'));
    const cancelled = event(
      ...['UID:a', 'RECURRENCE-ID;TZID=Europe/Paris:20261027T180000', ...ninety('20261027T180000'), 'STATUS:CANCELLED'],
    );
    const pulled = event('UID:a', 'RECURRENCE-ID;TZID=Europe/Paris:20261103T180000', ...ninety('20261030T180000'));
    const { events } = await readCalendar(calendar(series, moved, cancelled, pulled), RULES);
    expect(events.map(({ recurrence, startsAt }) => [recurrence, new Date(startsAt).toISOString()])).toEqual([
      ['2026-10-20T18:00:00', '2026-10-21T17:00:00.000Z'],
      ['2026-11-03T18:00:00', '2026-10-30T17:00:00.000Z'],
    ]);
  });

  it.each([
    ['a day', ['DTSTART;VALUE=DATE:20261020']],
    ['a series of days', ['DTSTART;VALUE=DATE:20261001', 'RRULE:FREQ=DAILY']],
    ['a cancelled event', [...ninety('20261020T180000'), 'STATUS:CANCELLED']],
    ['what is over', ninety('20261018T180000')],
    ['what is far ahead', ninety('20261103T180000')],
  ])('leaves out %s', async (_, lines) => {
    expect(await readCalendar(calendar(event('UID:a', ...lines)), RULES)).toMatchObject({ events: [], skipped: 0 });
  });

  it.each([
    ['too long', ['DTSTART:20261020T080000Z', 'DTEND:20261020T120001Z']],
    ['without a length', ['DTSTART:20261020T080000Z']],
    ['without a start', ['SUMMARY:Nothing']],
  ])('counts an event %s', async (_, lines) => {
    const good = event('UID:good', ...ninety('20261022T180000'));
    const { events, skipped } = await readCalendar(calendar(event('UID:a', ...lines), good), RULES);
    expect([events.map(({ uid }) => uid), skipped]).toEqual([['good'], 1]);
  });

  it.each([
    ['every second since 1970', ['DTSTART:19700101T000000Z', 'DURATION:PT1S', 'RRULE:FREQ=SECONDLY']],
    [
      'every minute, never',
      ['DTSTART:20200101T000000Z', 'DURATION:PT1H', 'RRULE:FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30'],
    ],
    ['every day of 9999 years', ['DTSTART:00010101T000000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY']],
    [
      'an ocean of hours',
      ['DTSTART:20200101T000000Z', 'DURATION:PT1S', 'RRULE:FREQ=HOURLY;BYSECOND=0,1,2,3,4,5,6,7,8,9'],
    ],
  ])('does not hang on %s', async (_, lines) => {
    const good = event('UID:good', ...ninety('20261022T180000'));
    const { events } = await readCalendar(calendar(event('UID:a', ...lines), good), RULES);
    expect(events.some(({ uid }) => uid === 'good')).toBe(true);
    expect(events.length).toBeLessThanOrEqual(500);
  });

  it('looks at so many events and no more', async () => {
    const many = Array.from({ length: MOST_EVENTS + 7 }, (_, i) => event(`UID:${i}`, ...ninety('20261020T180000')));
    const { events, skipped, unread } = await readCalendar(calendar(...many), RULES);
    expect([events.length, skipped]).toEqual([MOST_EVENTS, 7]);
    expect([...unread]).toEqual(Array.from({ length: 7 }, (_, i) => String(MOST_EVENTS + i)));
  });

  it('looks at them all however long the machine lets it wait', async () => {
    let now = 0;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => (now += 1_000));
    try {
      const many = Array.from({ length: 40 }, (_, i) => event(`UID:${i}`, ...ninety('20261020T180000')));
      expect(await readCalendar(calendar(...many), RULES)).toMatchObject({ skipped: 0, unread: new Set() });
    } finally {
      clock.mockRestore();
    }
  });

  it('finds what lies ahead behind years of what is over', async () => {
    const old = Array.from({ length: 3 * MOST_EVENTS }, (_, i) => event(`UID:${i}`, ...ninety('20240105T180000')));
    const reading = await readCalendar(calendar(...old, event('UID:ahead', ...ninety('20261020T180000'))), RULES);
    expect(reading.events.map(({ uid }) => uid)).toEqual(['ahead']);
    expect([reading.skipped, reading.unread.size]).toEqual([0, 0]);
  });

  it('finds what lies ahead behind series that ended', async () => {
    const rule = 'RRULE:FREQ=DAILY;UNTIL=20240701T160000Z';
    const old = Array.from({ length: MOST_EVENTS + 1 }, (_, i) =>
      event(`UID:${i}`, ...ninety('20080105T180000'), rule),
    );
    const reading = await readCalendar(calendar(...old, event('UID:ahead', ...ninety('20261020T180000'))), RULES);
    expect(reading.events.map(({ uid }) => uid)).toEqual(['ahead']);
    expect([reading.skipped, reading.unread.size]).toEqual([0, 0]);
  });

  it('reads a series of many years as if it had begun last week', async () => {
    const daily = event('UID:a', 'DTSTART;TZID=Europe/Paris:20100104T180000', 'DURATION:PT90M', 'RRULE:FREQ=DAILY');
    const steps = jest.spyOn(Ical.RecurIterator.prototype, 'next');
    try {
      const { events, skipped } = await readCalendar(calendar(daily), RULES);
      expect([events.length, skipped]).toEqual([14, 0]);
      expect(events[0]).toMatchObject({ recurrence: '2026-10-19T18:00:00', startsAt: Date.parse('2026-10-19T16:00Z') });
      expect(steps.mock.calls.length).toBeLessThan(100);
    } finally {
      steps.mockRestore();
    }
  });

  it('has every other week of many years in its turn, without what is excepted', async () => {
    const league = event(
      ...['UID:a', ...ninety('20140114T180000'), 'RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=TU,TH'],
      'EXDATE;TZID=Europe/Paris:20140116T180000,20261022T180000',
    );
    // 666 weeks after the first one.
    expect(await starts(calendar(league))).toEqual(['2026-10-20T16:00']);
  });

  it.each([
    ...['FREQ=DAILY;INTERVAL=3', 'FREQ=DAILY;BYDAY=MO,WE,SA', 'FREQ=DAILY;INTERVAL=5;BYDAY=MO,TU,WE,TH,FR'],
    ...['FREQ=WEEKLY', 'FREQ=WEEKLY;INTERVAL=3', 'FREQ=WEEKLY;BYDAY=SU,MO,FR', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO'],
    ...['FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO', 'FREQ=WEEKLY;INTERVAL=2;UNTIL=20261024T000000Z'],
    ...['FREQ=DAILY;COUNT=1030', 'FREQ=DAILY;INTERVAL=2;BYMONTH=10', 'FREQ=MONTHLY;BYDAY=3TU'],
  ])('finds of %s what walking from its beginning finds', async (rule) => {
    for (const start of ['20240102', '20240103', '20240106', '20240107']) {
      const text = calendar(event('UID:a', ...ninety(`${start}T180000`), `RRULE:${rule}`));
      const component = new Ical.Component(Ical.parse(text) as never).getFirstSubcomponent('vevent');
      const iterator = new Ical.Event(component as IcalComponent).iterator();
      const walked: string[] = [];
      for (let next = iterator.next(); next && next.year < 2027; next = iterator.next()) walked.push(String(next));
      const found = (await readCalendar(text, RULES)).events.map(({ recurrence }) => recurrence);
      expect(found).toEqual(walked.filter((at) => at >= '2026-10-19' && at < '2026-11-02T01'));
    }
  });

  it.each([
    ['is not understood', ['SUMMARY:No start']],
    ['has too many occurrences', ['DTSTART:19700101T000000Z', 'DURATION:PT1H', 'RRULE:FREQ=HOURLY']],
    ['takes too long', ['DTSTART:20200101T000000Z', 'DURATION:PT1H', 'RRULE:FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30']],
    ['repeats too often', ['DTSTART:20261019T000000Z', 'DURATION:PT1M', 'RRULE:FREQ=MINUTELY;COUNT=700']],
  ])('says of what it did not read, for it %s', async (_, lines) => {
    const good = event('UID:good', ...ninety('20261022T180000'));
    const { unread } = await readCalendar(calendar(good, event('UID:a', ...lines)), RULES);
    expect([...unread]).toEqual(['a']);
  });

  it.each([
    ['control characters', 'a\u0000b\u0007c', 'abc'],
    ['half a character', 'a\ud83dc', 'ac'],
    ['thousands of letters', 'x'.repeat(5_000), 'x'.repeat(255)],
    ['a character across the limit', `${'x'.repeat(254)}\u{1f3be}`, 'x'.repeat(254)],
  ])('names an event of %s as a row can hold it', async (_, name, expected) => {
    const one = event(`UID:${name}`, `RECURRENCE-ID;VALUE=TEXT:${name}`, ...ninety('20261022T180000'));
    const { events } = await readCalendar(calendar(one), RULES);
    expect(events.map(({ uid, recurrence }) => [uid, recurrence])).toEqual([[expected, expected]]);
  });

  it.each(['', 'hello', '<html></html>', 'BEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD\r\n', 'BEGIN:VCALENDAR\r\n'])(
    'says that %j is no calendar',
    async (text) => {
      await expect(readCalendar(text, RULES)).rejects.toThrow(NoCalendar);
    },
  );

  it("keeps one calendar's zones from another", async () => {
    const wrong = [
      ...['BEGIN:VTIMEZONE', 'TZID:Europe/Paris', 'BEGIN:STANDARD', 'DTSTART:16010101T030000'],
      ...['TZOFFSETFROM:+0900', 'TZOFFSETTO:+0900', 'END:STANDARD', 'END:VTIMEZONE'],
    ].join('\r\n');
    const match = event('UID:a', ...ninety('20261020T180000'));
    expect(await starts(calendar(wrong, match))).toEqual(['2026-10-20T09:00']);
    expect(await starts(calendar(match))).toEqual(['2026-10-20T16:00']);
  });
});
