import { OutgoingError, type OutgoingFault } from '../../../src/proxy/outgoing-error';
import { outgoingFault } from './outgoing-words';

/** The panel's types know no Node. */
const { readFileSync } = jest.requireActual<{ readFileSync(path: string, encoding: 'utf8'): string }>('node:fs');

const FAULTS: readonly OutgoingFault[] = [
  ...(['address_forbidden', 'unreachable', 'name_unknown', 'timeout'] as const),
  ...(['tls_failed', 'redirected', 'too_large', 'answer_cut'] as const),
];

describe('what the service says of other people’s services', () => {
  it.each(FAULTS)('is known: %s', (fault) => {
    expect(outgoingFault(new OutgoingError(fault).message)).toEqual({ key: fault });
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
