import { HandClock } from '../common/hand-clock.fixture';
import { Frame, H264Config, H264Frame, JpegFrame, TICKS_PER_SECOND } from '../media/access-unit';
import { readFragmentHeader } from '../media/fmp4/fragment-header';
import { FrameConsumer } from '../proxy/frame-consumer';
import { CourtLive } from './court-live';
import { LiveItem } from './court-runtime';

const STEP = TICKS_PER_SECOND / 25;

function config(width: number): H264Config {
  const sps = [Buffer.from([0x67, 66, 0, 31])];
  const pps = [Buffer.from([0x68, 1])];
  const size = { width, height: 720, reorderDepth: null, nominalFps: null };
  return { kind: 'h264', sps, pps, codec: 'avc1.42001f', fingerprint: `${width}`, ...size };
}

const HD = config(1280);

function frame(number: number, more: Partial<H264Frame> = {}): H264Frame {
  const data = Buffer.from([number]);
  return { kind: 'h264', config: HD, data, keyframe: false, dts: number * STEP, cts: 0, ...more };
}

function jpeg(number: number): JpegFrame {
  const data = Buffer.from([number]);
  return { kind: 'jpeg', data, width: 8, height: 8, dts: number * STEP, keyframe: true, cts: 0 };
}

describe('CourtLive', () => {
  let clock: HandClock;
  let consumers: Set<FrameConsumer>;
  let gop: Frame[];
  let live: CourtLive;

  beforeEach(() => {
    clock = new HandClock();
    clock.pass(1_000_000);
    consumers = new Set();
    gop = [];
    const subscribe = (consumer: FrameConsumer): (() => void) => {
      consumers.add(consumer);
      for (const item of gop) void consumer.take(item);
      return () => consumers.delete(consumer);
    };
    // The frame with number 10 is there now.
    live = new CourtLive({ subscribe, facts: null, now: () => 10 * STEP }, clock);
  });

  function watch(): { items: LiveItem[]; over: boolean; leave: () => void } {
    const seen = { items: [] as LiveItem[], over: false, leave: (): void => undefined };
    const subscription = live.watch().subscribe({
      next: (item) => seen.items.push(item),
      complete: () => (seen.over = true),
    });
    seen.leave = () => subscription.unsubscribe();
    return seen;
  }

  function give(...frames: Frame[]): void {
    for (const consumer of consumers) for (const item of frames) void consumer.take(item);
  }

  it('begins with the init segment and what is there since the newest keyframe', () => {
    gop = [frame(8, { keyframe: true }), frame(9), frame(10)];
    const { items } = watch();
    expect(items[0]).toMatchObject({ type: 'init', codec: 'avc1.42001f', width: 1280, height: 720, fps: null });
    expect(items[0]?.data.toString('latin1', 4, 8)).toBe('ftyp');
    expect(items.slice(1)).toMatchObject([
      { type: 'fragment', keyframe: true, afterLoss: false, at: 1_000_000 - 80 },
      { type: 'fragment', keyframe: false, at: 1_000_000 - 40 },
      { type: 'fragment', keyframe: false, at: 1_000_000 },
    ]);
    clock.pass(40);
    give(frame(11, { after: 'packets_lost' }));
    expect(items[4]).toMatchObject({ afterLoss: true, at: 1_000_040 });
  });

  it('gives each frame its session time, and the last distance for a duration', () => {
    const { items } = watch();
    give(frame(1, { keyframe: true }), frame(2), frame(4), frame(40, { after: 'camera_lost' }), frame(41));
    const headers = items.slice(1).map(({ data }) => readFragmentHeader(data.subarray(0, data.readUInt32BE(0))));
    expect(headers.map((header) => header?.decodeTime)).toEqual([1, 2, 4, 40, 41].map((number) => number * STEP));
    expect(headers.map((header) => header?.entries[0]?.duration)).toEqual([1, 1, 2, 2, 1].map((n) => n * STEP));
  });

  it('makes the bytes once, however many watch', () => {
    const viewers = [watch(), watch()];
    give(frame(1, { keyframe: true }), frame(2));
    expect(viewers[1]?.items[2]?.data).toBe(viewers[0]?.items[2]?.data);
  });

  it('says when the format changes, and passes JPEGs as they are', () => {
    const { items } = watch();
    const small = config(640);
    give(frame(1, { keyframe: true }), frame(2, { keyframe: true, config: small }), frame(3, { config: small }));
    give(jpeg(4), frame(5, { keyframe: true, config: small }));
    expect(items.map(({ type }) => type)).toEqual([
      'init',
      'fragment',
      'init',
      'fragment',
      'fragment',
      'jpeg',
      'init',
      'fragment',
    ]);
    expect(items[5]?.data).toEqual(Buffer.from([4]));
  });

  it('reads nothing without viewers, and ends with the session', () => {
    expect(consumers.size).toBe(0);
    const [first, second] = [watch(), watch()];
    first.leave();
    expect(consumers.size).toBe(1);
    live.close();
    expect([first.over, second.over, consumers.size, watch().over]).toEqual([false, true, 0, true]);
  });
});
