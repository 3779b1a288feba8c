import fc from 'fast-check';
import { property } from '../../../test/support/property';
import { readMessage, readTicket } from './client-message';
import { MAX_STREAM_NUMBER } from './live-protocol';

const uuid = fc.oneof(
  fc.uuid(),
  fc.string(),
  fc.uuid().map((id) => id.toUpperCase()),
);
const field = fc.oneof(fc.jsonValue(), fc.integer({ min: -1, max: MAX_STREAM_NUMBER + 1 }), uuid);
const message = fc.record(
  {
    type: fc.oneof(fc.constantFrom('subscribe', 'unsubscribe', 'ping', 'pong', '__proto__'), fc.jsonValue()),
    stream: field,
    session_id: field,
    mode: fc.oneof(fc.constantFrom('video', 'pictures', 'tile', 'toString'), fc.jsonValue()),
    at: field,
    ticket: fc.oneof(fc.stringMatching(/^[A-Za-z0-9_-]{43}$/), fc.jsonValue()),
  },
  { requiredKeys: [] },
);
const text = fc.oneof(
  message.map((value) => JSON.stringify(value)),
  fc.json(),
  fc.string({ unit: 'binary' }),
);

describe("any message of a viewer's", () => {
  it('is one of those there are, or a sentence that says why not', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(text, (said) => {
        const read = readMessage(said);
        kinds.add(typeof read === 'string' ? 'sentence' : read.type);
        if (typeof read === 'string') return expect(read).toMatch(/^[A-Z][\w ,]+\.$/);
        if (read.type === 'ping') return expect(Number.isFinite(read.at)).toBe(true);
        expect(Number.isInteger(read.stream) && read.stream >= 1 && read.stream <= MAX_STREAM_NUMBER).toBe(true);
        if (read.type === 'subscribe') {
          expect(read.sessionId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
          expect(['video', 'pictures', 'tile']).toContain(read.mode);
        }
      }),
      property(4_000),
    );
    expect([...kinds].sort()).toEqual(['malformed', 'ping', 'sentence', 'subscribe', 'unsubscribe']);
  });

  it('is a ticket or none', () => {
    fc.assert(
      fc.property(text, (said) => {
        const ticket = readTicket(said);
        if (ticket !== null) expect(ticket).toMatch(/^[A-Za-z0-9_-]{43}$/);
      }),
      property(1_000),
    );
  });
});
