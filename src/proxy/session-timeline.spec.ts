import { Frame, H264AccessUnit, H264Config } from '../media/access-unit';
import { SessionTimeline } from './session-timeline';

const config: H264Config = {
  kind: 'h264',
  sps: [],
  pps: [],
  width: 1920,
  height: 1080,
  codec: 'avc1.640028',
  reorderDepth: 0,
  nominalFps: 25,
  fingerprint: 'f',
};

function unit(stampMs: number, ctsMs = 0): H264AccessUnit {
  const dts = Math.round(stampMs * 90);
  return { kind: 'h264', config, data: Buffer.alloc(8), keyframe: false, dts, pts: dts + ctsMs * 90 };
}

/** Plays `[stampMs, arrivalMs]` pairs and gives the session times in milliseconds. */
function play(timeline: SessionTimeline, pairs: readonly (readonly [number, number])[]): number[] {
  const frames: Frame[] = pairs.flatMap(([stamp, arrival]) => timeline.place(unit(stamp), arrival));
  return [...frames, ...timeline.flush()].map((frame) => frame.dts / 90);
}

/** `count` pictures of a camera that stamps every `stampStep` ms and sends every `arrivalStep` ms. */
function run(
  count: number,
  stampStep: number,
  arrivalStep: number,
  { stamp = 0, arrival = 1_000, noise = 0 } = {},
): [number, number][] {
  let seed = 7;
  const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
  return Array.from({ length: count }, (_, i) => [
    stamp + i * stampStep,
    arrival + i * arrivalStep + (i > 0 ? noise * random() : 0),
  ]);
}

function steps(times: readonly number[]): number[] {
  return times.slice(1).map((time, i) => time - (times[i] as number));
}

function expectIncreasing(times: readonly number[]): void {
  for (const step of steps(times)) expect(step).toBeGreaterThan(0);
}

describe('SessionTimeline', () => {
  it('starts at zero and keeps the spacing of a true camera under 30 ms of network jitter', () => {
    const times = play(new SessionTimeline(), run(1500, 40, 40, { stamp: 123_456, noise: 30 }));
    expect(times[0]).toBe(0);
    expect(times).toHaveLength(1500);
    for (const step of steps(times)) expect(Math.abs(step - 40)).toBeLessThan(2);
    expect(Math.abs((times.at(-1) as number) - 1499 * 40)).toBeLessThan(40);
  });

  it('goes on behind what is known of a session that began in another process', () => {
    const resumed = new SessionTimeline({ resumed: { zero: -60_000, lastTicks: 50_000 * 90 } });
    expect(resumed.ticksAt(1_000)).toBe(61_000 * 90);
    const first = [...resumed.place(unit(5), 1_000), ...resumed.place(unit(45), 1_040)];
    expect(first.map((frame) => [frame.dts / 90, frame.after])).toEqual([
      [61_000, 'service_restarted'],
      [61_040, undefined],
    ]);
    // The last group of pictures that a camera sends at once is older than now, but never than what is known.
    const burst = new SessionTimeline({ resumed: { zero: -60_000, lastTicks: 60_900 * 90 } });
    const times = play(burst, run(10, 40, 1));
    expect(times[0]).toBe(60_901);
    expectIncreasing(times);
  });

  it.each([
    ['25 said, 21 sent', 40, 1000 / 21],
    ['25 said, 12 sent', 40, 1000 / 12],
    ['25 said, 5 sent', 40, 200],
    ['15 said, 25 sent', 1000 / 15, 40],
    ['0.1 % fast crystal', 40, 40.04],
  ])('plays at true speed: %s', (_, stampStep, arrivalStep) => {
    const pairs = run(1500, stampStep, arrivalStep, { noise: 10 });
    const timeline = new SessionTimeline();
    const frames = pairs.flatMap(([stamp, arrival]) => timeline.place(unit(stamp), arrival));
    const times = frames.map((frame) => frame.dts / 90);
    expectIncreasing(times);
    expect(frames.filter((frame) => frame.after)).toEqual([]);
    const wall = 1499 * arrivalStep;
    expect(Math.abs((times.at(-1) as number) - wall)).toBeLessThan(wall * 0.01);
    for (const step of steps(times).slice(900)) expect(Math.abs(step / arrivalStep - 1)).toBeLessThan(0.05);
  });

  it('puts a burst at PLAY before now, at its own speed, the newest picture at now', () => {
    const timeline = new SessionTimeline();
    const burst = Array.from({ length: 50 }, (_, i) => [i * 40, 5_000 + i * 0.2] as const);
    const live = run(500, 40, 40, { stamp: 2000, arrival: 5_050 });
    const times = play(timeline, [...burst, ...live]);
    expect(times).toHaveLength(550);
    for (const step of steps(times)) expect(Math.abs(step - 40)).toBeLessThan(2);
    const newest = (timeline.origin as number) + (times.at(-1) as number);
    expect(Math.abs(newest - (live.at(-1) as [number, number])[1])).toBeLessThan(60);
  });

  it.each([
    ['12', 1000 / 12],
    ['10, for the night', 100],
    ['50', 20],
  ])('follows a camera that says 25 and falls to %s in mid-match, without a gap', (_, step) => {
    const first = run(500, 40, 40);
    const second = run(600, 40, step, { stamp: 20_000, arrival: 1_000 + 20_000, noise: 20 });
    const pause = run(300, 40, step, { stamp: 44_000, arrival: 21_000 + 600 * step });
    const timeline = new SessionTimeline();
    const pairs = [...first, ...second, ...pause];
    const frames = pairs.flatMap(([stamp, arrival]) => timeline.place(unit(stamp), arrival));
    frames.push(...timeline.flush());
    expect(frames.filter((frame) => frame.after !== undefined)).toEqual([]);
    const off = frames.map((frame, i) => Math.abs(frame.dts / 90 - ((pairs[i] as [number, number])[1] - 1_000)));
    expect(Math.max(...off)).toBeLessThan(1_500);
    expect(Math.max(...off.slice(-250))).toBeLessThan(100);
  });

  it('makes an outage a gap of true length, with the reason on the first frame after it', () => {
    const timeline = new SessionTimeline();
    const before = play(timeline, run(100, 40, 40));
    timeline.beginConnection();
    timeline.noteLoss('camera_lost');
    const frames = run(100, 40, 40, { stamp: 77_000_000, arrival: 1_000 + 99 * 40 + 4_000 }).flatMap(([s, a]) =>
      timeline.place(unit(s), a),
    );
    expect(frames[0]?.after).toBe('camera_lost');
    expect(frames.slice(1).every((frame) => frame.after === undefined)).toBe(true);
    expect((frames[0] as Frame).dts / 90 - (before.at(-1) as number)).toBeCloseTo(4_000, 0);
  });

  it.each([
    [['packets_lost', 'camera_lost'], 'camera_lost'],
    [['camera_stalled', 'packets_lost'], 'camera_stalled'],
    [['camera_stalled', 'camera_lost'], 'camera_stalled'],
  ] as const)('of the reasons %s names the one that counts', (reasons, expected) => {
    const timeline = new SessionTimeline();
    play(timeline, run(10, 40, 40));
    for (const reason of reasons) timeline.noteLoss(reason);
    expect(timeline.place(unit(10 * 40), 1_000 + 5_000)[0]?.after).toBe(expected);
  });

  it('never goes back when a reconnect opens with a burst that reaches behind the last frame', () => {
    const timeline = new SessionTimeline();
    const before = play(timeline, run(100, 40, 40));
    timeline.beginConnection();
    const burst = Array.from({ length: 50 }, (_, i) => [i * 40, 5_500 + i * 0.2] as const);
    const live = run(750, 40, 40, { stamp: 2000, arrival: 5_550 });
    const after = play(timeline, [...burst, ...live]);
    expectIncreasing([...before, ...after]);
    const wall = (live.at(-1) as [number, number])[1] - 1_000;
    expect(Math.abs((after.at(-1) as number) - wall)).toBeLessThan(100);
  });

  it.each([
    ['back 5 s', -5_000],
    ['forward 3 years', 3 * 365 * 86_400_000],
    ['back by years', -3 * 365 * 86_400_000],
    ['forward 2 s', 2_000],
    ['forward 800 ms', 800],
    ['forward 300 ms', 300],
    ['back 300 ms', -300],
  ])('re-anchors a jump of the camera clock without a gap: %s', (_, jump) => {
    const first = run(250, 40, 40, { stamp: 10_000_000 });
    const second = run(250, 40, 40, { stamp: 10_000_000 + 250 * 40 + jump, arrival: 1_000 + 250 * 40 });
    const times = play(new SessionTimeline(), [...first, ...second]);
    expectIncreasing(times);
    for (const step of steps(times)) expect(step).toBeLessThan(60);
    expect(Math.abs((times.at(-1) as number) - 499 * 40)).toBeLessThan(50);
  });

  it('takes a network freeze of 3 s whose pictures then come all at once as no gap', () => {
    const first = run(250, 40, 40);
    const late = Array.from({ length: 75 }, (_, i) => [10_000 + i * 40, 1_000 + 10_000 + 3_000 + i * 0.1] as const);
    const rest = run(500, 40, 40, { stamp: 13_000, arrival: 14_020 });
    const times = play(new SessionTimeline(), [...first, ...late, ...rest]);
    expectIncreasing(times);
    for (const step of steps(times)) expect(step).toBeLessThan(60);
    expect(Math.abs((times.at(-1) as number) - 824 * 40)).toBeLessThan(60);
  });

  it('takes a pause of 3 s after which the camera stamps on as if nothing was, as a gap', () => {
    const first = run(250, 40, 40);
    const rest = run(500, 40, 40, { stamp: 10_000, arrival: 14_000 });
    const timeline = new SessionTimeline();
    const frames = [...first, ...rest].flatMap(([stamp, arrival]) => timeline.place(unit(stamp), arrival));
    const times = frames.map((frame) => frame.dts / 90);
    expectIncreasing(times);
    expect(Math.max(...steps(times))).toBeGreaterThan(2_000);
    expect(frames.filter((frame) => frame.after === 'camera_stalled')).toHaveLength(1);
    expect(Math.abs((times.at(-1) as number) - (14_000 + 499 * 40 - 1_000))).toBeLessThan(100);
  });

  it('takes equal stamps for every picture by their arrival', () => {
    const times = play(new SessionTimeline(), run(250, 0, 40));
    expectIncreasing(times);
    expect(Math.abs((times.at(-1) as number) - 249 * 40)).toBeLessThan(50);
  });

  it('keeps the distance from decode to presentation', () => {
    const timeline = new SessionTimeline();
    const frames = [
      ...timeline.place(unit(0, 80), 0),
      ...timeline.place(unit(40, 160), 40),
      ...timeline.place(unit(80, 0), 80),
    ];
    expect(frames.map((frame) => frame.cts)).toEqual([7200, 14400, 0]);
  });

  it('stamps JPEGs by arrival, never twice the same', () => {
    const timeline = new SessionTimeline();
    const jpeg = { kind: 'jpeg', data: Buffer.alloc(4), width: 640, height: 480 } as const;
    const times = [500, 600, 600, 700].flatMap((at) => timeline.place(jpeg, at)).map((frame) => frame.dts / 90);
    expect(times).toEqual([0, 100, 101, 200]);
  });

  // Speeds are learned between pictures that were sent long before they are shown, and pictures in between.
  it.each([30, 21, 27, 50])('shows the B-frames of a camera that says 25 and sends %i in their order', (fps) => {
    for (let noise = 0; noise < 40; noise += 1) {
      const timeline = new SessionTimeline();
      const arrivals = run(600, 40, 1000 / fps, { noise });
      // Decode order I0 P3 B1 B2 P6 B4 B5 …: shown one picture later than decoded.
      const shownAt = (i: number): number => (i === 0 ? 0 : i % 3 === 1 ? i + 2 : i - 1) + 1;
      const frames = arrivals.flatMap(([stamp, arrival], i) =>
        timeline.place(unit(stamp, (shownAt(i) - i) * 40), arrival),
      );
      const byOrder = [...frames, ...timeline.flush()].map(({ dts, cts }, i) => [shownAt(i), dts + cts] as const);
      byOrder.sort(([a], [b]) => a - b);
      expectIncreasing(byOrder.map(([, at]) => at));
    }
  });

  it.each<[string, [number, number][]]>([
    ['jump while the first are held', [[0, 0], [10_000, 40], ...run(100, 40, 40, { stamp: 10_040, arrival: 80 })]],
    ['run ten times too fast', run(400, 400, 40)],
  ])(
    'shows pictures when they are decoded where the camera sends none for later, though its stamps %s',
    (_name, pairs) => {
      const timeline = new SessionTimeline();
      const frames = [
        ...pairs.flatMap(([stamp, arrival]) => timeline.place(unit(stamp), arrival)),
        ...timeline.flush(),
      ];
      expect(frames).toHaveLength(pairs.length);
      expect(Math.max(...frames.map(({ cts }) => cts))).toBe(0);
    },
  );
});
