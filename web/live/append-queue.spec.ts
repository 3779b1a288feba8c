import { AppendQueue, Buffer } from './append-queue';

/** A source buffer that takes one thing at a time and is done when the test says so. */
class FakeBuffer {
  updating = false;
  readonly done: string[] = [];
  full = false;
  private readonly listeners: Record<string, () => void> = {};
  private held: [number, number][] = [];

  get buffered(): TimeRanges {
    const { held } = this;
    return { length: held.length, start: (i) => held[i]?.[0] ?? 0, end: (i) => held[i]?.[1] ?? 0 };
  }

  holds(...ranges: [number, number][]): void {
    this.held = ranges;
  }

  addEventListener(event: string, listener: () => void): void {
    this.listeners[event] = listener;
  }

  appendBuffer(data: Uint8Array): void {
    if (this.full) {
      this.full = false;
      throw new DOMException('full', 'QuotaExceededError');
    }
    this.begin(`append ${[...data].join(' ')}`);
  }

  remove(from: number, to: number): void {
    this.begin(`remove ${from} ${to}`);
  }

  changeType(type: string): void {
    this.done.push(`type ${type}`);
  }

  abort(): void {
    this.done.push('abort');
  }

  finish(): void {
    this.updating = false;
    this.listeners.updateend?.();
  }

  private begin(what: string): void {
    if (this.updating) throw new DOMException('busy', 'InvalidStateError');
    this.updating = true;
    this.done.push(what);
  }
}

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => new Uint8Array(values);

describe('AppendQueue', () => {
  let buffer: FakeBuffer;
  let queue: AppendQueue;
  let position: number;
  const appended = jest.fn();
  const failed = jest.fn();

  beforeEach(() => {
    jest.clearAllMocks();
    buffer = new FakeBuffer();
    position = 0;
    queue = new AppendQueue(buffer as unknown as Buffer, 'avc1.1', () => position, appended, failed);
  });

  it('joins what waits into one append', () => {
    queue.init('avc1.1', bytes(0));
    for (let i = 1; i <= 3; i++) queue.media(bytes(i, i), i === 1, i * 100);
    expect(buffer.done).toEqual(['append 0']);
    buffer.finish();
    expect(buffer.done).toEqual(['append 0', 'append 1 1 2 2 3 3']);
    queue.media(bytes(4), false, 400);
    buffer.finish();
    expect(buffer.done.at(-1)).toBe('append 4');
    buffer.finish();
    expect(appended.mock.calls).toEqual([[null], [300], [400]]);
  });

  it('appends a group of pictures at a time while nobody looks', () => {
    queue.rest();
    queue.media(bytes(1), true, 1);
    buffer.finish();
    queue.media(bytes(2), false, 2);
    queue.media(bytes(3), false, 3);
    expect(buffer.done).toEqual(['append 1']);
    queue.media(bytes(4), true, 4);
    expect(buffer.done).toEqual(['append 1', 'append 2 3 4']);
    buffer.finish();
    queue.media(bytes(5), false, 5);
    queue.wake();
    expect(buffer.done.at(-1)).toBe('append 5');
    buffer.finish();
    queue.media(bytes(6), false, 6);
    expect(buffer.done.at(-1)).toBe('append 6');
  });

  it('puts a new format where it belongs', () => {
    queue.init('avc1.1', bytes(0));
    queue.media(bytes(1), true, 1);
    queue.init('avc1.2', bytes(9));
    queue.media(bytes(2), true, 2);
    for (let i = 0; i < 4; i++) buffer.finish();
    expect(buffer.done).toEqual(['append 0', 'append 1', 'type video/mp4; codecs="avc1.2"', 'append 9', 'append 2']);
  });

  it('takes away what is long past, now and then', () => {
    buffer.holds([0, 30]);
    position = 24;
    queue.media(bytes(1), false, 1);
    expect(buffer.done).toEqual(['append 1']);
    position = 26;
    buffer.finish();
    expect(buffer.done).toEqual(['append 1', 'remove 0 6']);
  });

  it('does not grow without end where nothing plays', () => {
    buffer.holds([0, 66]);
    queue.media(bytes(1), false, 1);
    expect(buffer.done).toEqual(['remove 0 6']);
  });

  it('makes room when the browser has none', () => {
    buffer.full = true;
    position = 10;
    queue.media(bytes(1), false, 1);
    queue.media(bytes(2), true, 2);
    expect(buffer.done).toEqual(['remove 0 9']);
    buffer.finish();
    expect(buffer.done).toEqual(['remove 0 9', 'append 2']);
    expect(failed).not.toHaveBeenCalled();
  });

  it('begins anew', () => {
    buffer.holds([0, 5]);
    queue.media(bytes(1), true, 1);
    queue.media(bytes(2), false, 2);
    queue.clear();
    queue.init('avc1.1', bytes(0));
    buffer.finish();
    expect(buffer.done).toEqual(['append 1', 'abort', 'remove 0 Infinity']);
    buffer.holds();
    buffer.finish();
    expect(buffer.done.at(-1)).toBe('append 0');
  });

  it('keeps only what can be shown where nothing is taken any more', () => {
    const large = new Uint8Array(12 * 1024 * 1024);
    queue.init('avc1.1', bytes(0));
    queue.media(large, true, 1);
    queue.media(large, false, 2);
    queue.media(bytes(7), true, 3);
    queue.media(large, false, 4);
    buffer.appendBuffer = (data) => expect(data.length).toBe(large.length + 1);
    buffer.finish();
    expect.assertions(1);
  });

  it('says when it is of no use any more', () => {
    buffer.changeType = () => {
      throw new DOMException('unknown', 'NotSupportedError');
    };
    queue.init('hvc1.1', bytes(0));
    expect(failed).toHaveBeenCalledTimes(1);
  });
});
