import { readMessage, readTicket } from './client-message';

const ID = '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55';
const TICKET = 'A'.repeat(43);

describe('readTicket', () => {
  it('takes 32 bytes in base64url', () => {
    expect(readTicket(JSON.stringify({ ticket: TICKET }))).toBe(TICKET);
    expect(readTicket(JSON.stringify({ type: 'ticket', ticket: TICKET }))).toBe(TICKET);
  });

  it.each(['', '{', 'null', '[]', '"x"', '{}', '{"ticket":1}', '{"ticket":""}', `{"ticket":"${TICKET}="}`])(
    'takes nothing else: %s',
    (text) => expect(readTicket(text)).toBeNull(),
  );
});

describe('readMessage', () => {
  it.each<[object, object]>([
    [
      { type: 'subscribe', stream: 1, session_id: ID.toUpperCase() },
      { type: 'subscribe', stream: 1, sessionId: ID, mode: 'video' },
    ],
    [
      { type: 'subscribe', stream: 65_535, session_id: ID, mode: 'tile', later: true },
      { type: 'subscribe', stream: 65_535, sessionId: ID, mode: 'tile' },
    ],
    [
      { type: 'unsubscribe', stream: 7 },
      { type: 'unsubscribe', stream: 7 },
    ],
    [
      { type: 'ping', at: -0.5 },
      { type: 'ping', at: -0.5 },
    ],
    [
      { type: 'subscribe', stream: 1 },
      { type: 'malformed', stream: 1, detail: expect.any(String) },
    ],
    [
      { type: 'subscribe', stream: 1, session_id: [ID] },
      { type: 'malformed', stream: 1, detail: expect.any(String) },
    ],
    [
      { type: 'subscribe', stream: 1, session_id: ID, mode: null },
      { type: 'malformed', stream: 1, detail: expect.any(String) },
    ],
  ])('reads %j', (message, expected) => expect(readMessage(JSON.stringify(message))).toEqual(expected));

  it.each([
    '',
    '{',
    'null',
    '7',
    '[{"type":"ping","at":1}]',
    '{}',
    '{"type":"toString"}',
    '{"type":["ping"],"at":1}',
    '{"type":"ping"}',
    '{"type":"ping","at":"1"}',
    '{"type":"ping","at":1e999}',
    '{"type":"ping","at":1,"__proto__":{}}',
    '{"type":"unsubscribe","stream":"1"}',
    `{"type":"subscribe","stream":0,"session_id":"${ID}"}`,
    `{"type":"subscribe","stream":65536,"session_id":"${ID}"}`,
    `{"type":"subscribe","stream":-1,"session_id":"${ID}"}`,
    `{"type":"subscribe","stream":1.5,"session_id":"${ID}"}`,
    `{"type":"subscribe","session_id":"${ID}"}`,
    `${'['.repeat(2_000)}${']'.repeat(2_000)}`,
  ])('says why this is no message: %s', (text) => expect(readMessage(text)).toEqual(expect.any(String)));
});
