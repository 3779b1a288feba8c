import { isStrained, NodeLoad, Overload, overloadFor, Wish } from './admission';

const IDLE: NodeLoad = { loopP99Ms: 2, encodersLateForMs: [] };

describe('overloadFor', () => {
  const everything: Wish[] = ['session', 'recording', 'encoded_recording'];
  const table: [string, NodeLoad, Partial<Record<Wish, Overload>>][] = [
    ['nothing runs', IDLE, {}],
    ['the loop is not measured yet', { ...IDLE, loopP99Ms: null }, {}],
    ['encoders keep up', { ...IDLE, encodersLateForMs: [0, 0, 0] }, {}],
    ['an encoder is late, but not for long', { ...IDLE, encodersLateForMs: [0, 2_999] }, {}],
    [
      'one of the encoders has been late for 3 s',
      { ...IDLE, encodersLateForMs: [0, 3_000] },
      { encoded_recording: 'encoders_late' },
    ],
    ['the loop is late, but bearable', { ...IDLE, loopP99Ms: 500 }, {}],
    [
      'the loop is too late',
      { ...IDLE, loopP99Ms: 501 },
      { session: 'event_loop_late', recording: 'event_loop_late', encoded_recording: 'event_loop_late' },
    ],
    [
      'both are late',
      { loopP99Ms: 900, encodersLateForMs: [60_000] },
      { session: 'event_loop_late', recording: 'event_loop_late', encoded_recording: 'event_loop_late' },
    ],
  ];
  it.each(table)('%s', (_name, load, refused) => {
    const answers = Object.fromEntries(everything.map((wish) => [wish, overloadFor(wish, load)]));
    expect(answers).toEqual({ session: null, recording: null, encoded_recording: null, ...refused });
  });
});

describe('isStrained', () => {
  it.each<[string, NodeLoad, boolean]>([
    ['nothing runs', IDLE, false],
    ['the loop is not measured yet', { ...IDLE, loopP99Ms: null }, false],
    ['the loop is half as late as refuses a session', { ...IDLE, loopP99Ms: 251 }, true],
    ['encoders keep up', { ...IDLE, encodersLateForMs: [0, 0] }, false],
    ['an encoder is late at all', { ...IDLE, encodersLateForMs: [0, 1] }, true],
  ])('%s', (_name, load, strained) => expect(isStrained(load)).toBe(strained));
});
