import { coverAt, decideFollow, type FollowView, isInStep, nextOf } from './angle-sync';

const FRAME = 0.04;

function view(change: Partial<FollowView>): FollowView {
  return {
    ...{ wanted: 10, leaderPaused: false, position: 10, settled: true, running: true, factor: 1 },
    ...{ asked: null, frame: FRAME, lead: 0.4, ...change },
  };
}

describe('a moment of the match in an angle', () => {
  it.each([
    [11.9, 'before'],
    [11.97, 'there'],
    [12, 'there'],
    [42, 'there'],
    [42.03, 'there'],
    [42.1, 'after'],
  ])('at %d s of one from 12 to 42 s: %s', (moment, cover) => {
    expect(coverAt({ offset: 12, seconds: 30 }, moment)).toBe(cover);
  });

  it('is there as long as the recording goes on, also where it began before the match', () => {
    expect(coverAt({ offset: -0.4, seconds: Infinity }, 0)).toBe('there');
    expect(coverAt({ offset: -0.4, seconds: Infinity }, 5_400)).toBe('there');
  });

  it('goes on to the next angle in a ring', () => {
    expect(nextOf(['a', 'b'], 'b')).toBe('a');
    expect(nextOf(['a', 'b'], 'gone')).toBe('a');
    expect(nextOf([], 'a')).toBeUndefined();
  });
});

describe('an angle that follows one that stands', () => {
  it('is sent to its very moment, once', () => {
    expect(decideFollow(view({ leaderPaused: true }))).toEqual({ seekTo: 10, run: false, factor: 1 });
    expect(decideFollow(view({ leaderPaused: true, running: false, asked: 10 })).seekTo).toBeNull();
    // A step of one picture on.
    expect(decideFollow(view({ leaderPaused: true, running: false, asked: 10, wanted: 10.04 })).seekTo).toBe(10.04);
  });

  it('is not sent again where its recording has no such moment', () => {
    const nearest = view({ leaderPaused: true, running: false, asked: 10, position: 9.2 });
    expect(decideFollow(nearest).seekTo).toBeNull();
    expect(isInStep(nearest)).toBe(true);
  });

  it('takes its place only when the picture is there', () => {
    const sent = view({ leaderPaused: true, running: false, asked: 10 });
    expect(isInStep({ ...sent, settled: false })).toBe(false);
    expect(isInStep({ ...sent, asked: 9 })).toBe(false);
    expect(isInStep(sent)).toBe(true);
  });
});

describe('an angle that follows one that plays', () => {
  it.each([
    ['within a picture', 0.02, 1, 1],
    ['a picture behind', 0.04, 1, 1.03],
    ['a picture ahead', -0.04, 1, 0.97],
    ['far behind', 0.2, 1, 1.1],
    ['almost caught up', 0.02, 1.03, 1.03],
    ['caught up', 0.005, 1.03, 1],
    ['overtaken', -0.02, 1.03, 1],
  ])('%s: %d s off at %d plays at %d', (_name, behind, factor, expected) => {
    const decision = decideFollow(view({ position: 10 - behind, factor }));
    expect(decision).toEqual({ seekTo: null, run: true, factor: expect.closeTo(expected, 6) });
  });

  it.each([0.26, -0.26, 30])('is sent ahead where it is %d s off, and waits there', (behind) => {
    expect(decideFollow(view({ position: 10 - behind }))).toEqual({ seekTo: 10.4, run: false, factor: 1 });
    expect(decideFollow(view({ position: 10.4, running: false }))).toEqual({ seekTo: null, run: false, factor: 1 });
    expect(decideFollow(view({ position: 10.4, running: false, wanted: 10.39 })).run).toBe(true);
  });

  it('is sent on where the leader has gone by, and not waited for where it is far ahead', () => {
    expect(decideFollow(view({ position: 10, wanted: 10.5, running: false })).seekTo).toBeCloseTo(10.9);
    expect(decideFollow(view({ position: 20, running: false })).seekTo).toBeCloseTo(10.4);
  });

  it('is left alone while it is being sought, and in step when it runs within a picture', () => {
    expect(decideFollow(view({ settled: false, position: 3, running: false })).seekTo).toBeNull();
    expect(isInStep(view({ position: 9.98 }))).toBe(true);
    expect(isInStep(view({ position: 9.97 }))).toBe(false);
    expect(isInStep(view({ running: false }))).toBe(false);
  });

  it('comes within a picture and stays there, from wherever it began, against a clock that drifts', () => {
    let [wanted, position, factor, running] = [10, 9.76, 1, true];
    let worst = 0;
    for (let tick = 0; tick < 400; tick++) {
      const decision = decideFollow(view({ wanted, position, factor, running }));
      expect(decision.seekTo).toBeNull();
      ({ factor, run: running } = decision);
      wanted += 0.05;
      position += 0.05 * factor * 1.002;
      if (tick > 200) worst = Math.max(worst, Math.abs(wanted - position));
    }
    expect(worst).toBeLessThan(FRAME + 0.002);
  });
});
