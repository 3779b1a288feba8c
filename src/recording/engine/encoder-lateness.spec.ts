import { EncoderLateness } from './encoder-lateness';

/** Monotonic time never begins at 0. */
const T = 7_000_000;

describe('EncoderLateness', () => {
  it('is on time while pictures come back within the second', () => {
    const lateness = new EncoderLateness();
    lateness.runBegan(T);
    for (let ms = 0; ms < 4_000; ms += 40) {
      lateness.taken(T + ms);
      lateness.returned(T + ms + 900, T + ms, T + ms + 40);
    }
    expect(lateness.read(T + 4_000, T + 3_100)).toEqual({
      behindMs: 900,
      lateForMs: 0,
      lateFrames: 0,
      lateFramesInAll: 0,
      speed: 1,
    });
  });

  it('is late from the moment a picture was owed for more than a second, while nothing comes out', () => {
    const lateness = new EncoderLateness();
    lateness.runBegan(T);
    lateness.taken(T);
    expect(lateness.read(T + 1_000, T)).toMatchObject({ behindMs: 1_000, lateForMs: 0 });
    expect(lateness.read(T + 1_500, T)).toMatchObject({ behindMs: 1_500, lateForMs: 500, speed: 0 });
    expect(lateness.read(T + 4_000, T)).toMatchObject({ behindMs: 4_000, lateForMs: 3_000 });
  });

  it('stays late without a break while each picture comes late, however steadily, and is on time with the first that does', () => {
    const lateness = new EncoderLateness();
    lateness.runBegan(T);
    // Two seconds behind all the time.
    for (let ms = 0; ms < 5_000; ms += 100) {
      lateness.taken(T + ms);
      if (ms >= 2_000) lateness.returned(T + ms, T + ms - 2_000, T + ms - 1_900);
    }
    expect(lateness.read(T + 5_000, T + 3_000)).toEqual({
      behindMs: 2_000,
      lateForMs: 4_000,
      lateFrames: 30,
      lateFramesInAll: 30,
      speed: 0.6,
    });
    lateness.returned(T + 5_010, T + 4_800, T + 4_900);
    expect(lateness.read(T + 5_010, T + 4_900)).toMatchObject({ lateForMs: 0, lateFramesInAll: 30 });
  });

  it('begins anew when everything has come out, and with each run', () => {
    const lateness = new EncoderLateness();
    lateness.runBegan(T);
    lateness.returned(T + 3_000, T, null);
    expect(lateness.read(T + 9_000, null)).toMatchObject({ behindMs: 0, lateForMs: 0 });
    expect(lateness.read(T + 11_500, T + 10_000)).toMatchObject({ behindMs: 1_500, lateForMs: 500 });
    // The next run gets the old pictures again: nobody can have had them before it began.
    lateness.runBegan(T + 20_000);
    expect(lateness.read(T + 20_500, T + 10_000)).toMatchObject({ behindMs: 500, lateForMs: 0 });
    lateness.returned(T + 20_900, T + 10_000, T + 10_040);
    expect(lateness.read(T + 21_200, T + 10_040)).toMatchObject({ behindMs: 1_200, lateForMs: 200 });
  });

  it('forgets what is older than ten seconds, but not how much it was in all', () => {
    const lateness = new EncoderLateness();
    lateness.runBegan(T);
    for (let second = 0; second < 5; second++) {
      lateness.taken(T + second * 1_000);
      lateness.returned(T + second * 1_000 + 999, T - 3_000, T);
    }
    // From the run's start on: a picture returned 999 ms into it is on time yet.
    expect(lateness.read(T + 5_000, null)).toMatchObject({ lateFrames: 4, lateFramesInAll: 4, speed: 1 });
    expect(lateness.read(T + 12_500, null)).toMatchObject({ lateFrames: 2, lateFramesInAll: 4, speed: 1 });
    expect(lateness.read(T + 16_000, null)).toMatchObject({ lateFrames: 0, lateFramesInAll: 4, speed: null });
  });
});
