import { HandClock } from '../../common/hand-clock.fixture';
import { mediaHeader } from './media-header';
import { MessageGate } from './message-gate';
import { PicturePace } from './picture-pace';

describe('mediaHeader', () => {
  it('is sixteen bytes, big-endian', () => {
    const fields = { stream: 0x1234, kind: 'jpeg', keyframe: true, discontinuity: true, at: 1.5 } as const;
    expect(mediaHeader({ ...fields, sequence: 2 ** 32 + 0xabcd }).toString('hex')).toBe(
      '1234' + '02' + '03' + '0000abcd' + '3ff8000000000000',
    );
    const init = mediaHeader({ stream: 1, kind: 'init', keyframe: false, discontinuity: false, sequence: 0, at: 0 });
    expect(init.toString('hex')).toBe('0001' + '00' + '00' + '0'.repeat(24));
  });
});

describe('MessageGate', () => {
  it('takes two hundred messages at once, then twenty a second', () => {
    const clock = new HandClock();
    const gate = new MessageGate(clock);
    const passed = (tries: number): number => Array.from({ length: tries }, () => gate.pass()).filter(Boolean).length;
    expect(passed(500)).toBe(200);
    clock.pass(500);
    expect(passed(500)).toBe(10);
    clock.pass(3_600_000);
    expect(passed(500)).toBe(200);
  });

  it('bears nine faults', () => {
    const gate = new MessageGate(new HandClock());
    expect(Array.from({ length: 11 }, () => gate.passFault())).toEqual([...Array<boolean>(9).fill(true), false, false]);
  });
});

describe('PicturePace', () => {
  const taken = (times: number[]): number[] => {
    const pace = new PicturePace();
    return times.filter((at) => pace.takes(at));
  };
  const every = (ms: number, count: number): number[] => Array.from({ length: count }, (_, i) => 1e12 + i * ms);

  it.each([
    [40, 250, 50],
    [100, 100, 50],
    [83, 120, 50],
    [200, 50, 50],
    [1_000, 10, 10],
  ])('of pictures %i ms apart takes five a second', (ms, count, expected) => {
    expect(Math.abs(taken(every(ms, count)).length - expected)).toBeLessThanOrEqual(1);
  });

  it('takes those that a decoder gives unevenly', () => {
    const jitter = [0, 50, -20, 35, -40, 10, 0, 60];
    const times = every(200, 8).map((at, i) => at + (jitter[i] ?? 0));
    expect(taken(times)).toEqual(times);
  });

  it('does not wait for a clock that stepped back', () => {
    expect(taken([1e12, 1e12 - 3_600_000, 1e12 - 3_600_000 + 100])).toEqual([1e12, 1e12 - 3_600_000]);
  });
});
