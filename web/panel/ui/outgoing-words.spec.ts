import { outgoingFault } from './outgoing-words';

/** The panel's types know no Node. */
const { readFileSync } = jest.requireActual<{ readFileSync(path: string, encoding: 'utf8'): string }>('node:fs');

/** The table of `outgoing-error.ts`: a fault, and the sentence that tells it. */
const FAULTS = [...readFileSync('src/proxy/outgoing-error.ts', 'utf8').matchAll(/^ {2}([a-z_]+):\s+'(.+)',$/gm)].map(
  ([, fault, sentence]) => [fault, sentence] as [string, string],
);

describe('what the service says of other people’s services', () => {
  it('is known, fault by fault', () => {
    expect(FAULTS).toHaveLength(8);
    const known = FAULTS.map(([fault, sentence]) => [fault, outgoingFault(sentence)?.key]);
    expect(known).toEqual(FAULTS.map(([fault]) => [fault, fault]));
  });

  it('keeps the status of an answer', () => {
    expect(outgoingFault('It answered 500.')).toEqual({ key: 'answered', status: '500' });
    expect(outgoingFault("The calendar's address answered 404.")).toEqual({ key: 'answered', status: '404' });
    expect(outgoingFault('Something else.')).toBeNull();
  });

  it.each([
    ['src/bookings/calendar/calendar-fetcher.service.ts', 'owner_gone', 'address_unreadable', 'not_entered'],
    ['src/bookings/calendar/calendar-events.ts', 'no_calendar', 'too_slow'],
    ['src/webhooks/webhook-sender.service.ts', 'unreadable'],
    ['src/webhooks/webhook-deliveries.service.ts', 'switched_off'],
  ])('is what stands in %s', (path, ...keys) => {
    const source = readFileSync(path, 'utf8');
    const sentences = [...source.matchAll(/(?:'([A-Z][^'\n]+\.)'|"([A-Z][^"\n]+\.)")/g)].map(
      ([, a, b]) => a ?? b ?? '',
    );
    const known = sentences.flatMap((sentence) => outgoingFault(sentence)?.key ?? []);
    expect(known).toEqual(expect.arrayContaining(keys));
  });
});
