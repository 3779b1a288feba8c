import { afterLook, afterSession, AWAY_MS, CameraState, outageChange, unknownCamera } from './camera-state';

const MINUTE = 60_000;
const START = 1_000_000;

/** The states that looks lead to, one a minute; `.` is a good one, `x` a bad one. */
function looked(looks: string, from = unknownCamera(START)): CameraState[] {
  const states = [from];
  for (const [turn, look] of [...looks].entries()) {
    const at = START + (turn + 1) * MINUTE;
    states.push(afterLook(states[turn] as CameraState, { at, code: look === '.' ? null : 'camera_timeout' }));
  }
  return states.slice(1);
}

describe('looks at a camera', () => {
  it.each([
    ['.', [true]],
    ['x', [null]],
    ['xx', [null, false]],
    ['x.x.', [null, true, true, true]],
    ['.x', [true, true]],
    ['.xx', [true, true, false]],
    ['.x.x.x', [true, true, true, true, true, true]],
    ['.xxx', [true, true, false, false]],
    ['.xx.', [true, true, false, true]],
  ])('%s', (looks, online) => {
    expect(looked(looks).map((state) => state.online)).toEqual(online);
  });

  it('date an outage from the first look that failed, and its end with the first that did not', () => {
    const [up, , down, stillDown, back] = looked('.xxx.');
    expect(up).toMatchObject({ since: START + MINUTE, lastSeenAt: START + MINUTE, code: null });
    expect(down).toMatchObject({ since: START + 2 * MINUTE, lastSeenAt: START + MINUTE, code: 'camera_timeout' });
    expect(stillDown).toMatchObject({ since: START + 2 * MINUTE, lastSeenAt: START + MINUTE });
    expect(back).toEqual({
      online: true,
      since: START + 5 * MINUTE,
      lastSeenAt: START + 5 * MINUTE,
      code: null,
      failedLooks: 0,
      failingSince: null,
    });
  });

  it('say why the newest one failed', () => {
    const first = afterLook(unknownCamera(START), { at: START + 1, code: 'camera_timeout' });
    expect(first).toMatchObject({ online: null, code: 'camera_timeout' });
    expect(afterLook(first, { at: START + 2, code: 'camera_unauthorized' }).code).toBe('camera_unauthorized');
  });
});

describe("a session's camera", () => {
  const online = looked('.')[0] as CameraState;
  const offline = looked('xx')[1] as CameraState;
  const now = START + 10 * MINUTE;
  const away = (ms: number) => ({ live: false, since: now - ms, lastFrameAt: now - ms, code: 'camera_unreachable' });

  it('is online while it gives pictures, since the session got them', () => {
    const live = { live: true, since: now - MINUTE, lastFrameAt: now - 40, code: null };
    expect(afterSession(offline, live, now)).toMatchObject({ online: true, since: now - MINUTE, lastSeenAt: now - 40 });
    expect(afterSession(online, live, now)).toMatchObject({ online: true, since: online.since, lastSeenAt: now - 40 });
  });

  it('is offline once it has been away for longer than half a minute, since its last picture', () => {
    expect(afterSession(online, away(AWAY_MS), now)).toBe(online);
    expect(afterSession(online, away(AWAY_MS + 1), now)).toMatchObject({
      online: false,
      since: now - AWAY_MS - 1,
      lastSeenAt: now - AWAY_MS - 1,
      code: 'camera_unreachable',
    });
  });

  it('is offline when it is called live and gives no pictures', () => {
    const live = { live: true, since: now - MINUTE, lastFrameAt: now - AWAY_MS - 1, code: null };
    expect(afterSession(online, live, now).online).toBe(false);
  });

  it('stays offline with the first look after the session', () => {
    const ended = afterSession(online, away(MINUTE), now);
    expect(afterLook(ended, { at: now + 1, code: 'camera_timeout' })).toMatchObject({
      online: false,
      since: ended.since,
    });
  });

  it('never became so before what is known, nor in the future', () => {
    const state = { ...online, since: now - 1_000 };
    expect(afterSession(state, away(MINUTE), now).since).toBe(now - 1_000);
    const ahead = { live: true, since: now + MINUTE, lastFrameAt: now + MINUTE, code: null };
    expect(afterSession(offline, ahead, now)).toMatchObject({ online: true, since: now, lastSeenAt: now });
  });
});

describe('an outage', () => {
  const states = { null: unknownCamera(0), true: looked('.')[0], false: looked('xx')[1] };
  const change = (before: keyof typeof states, after: keyof typeof states) =>
    outageChange(states[before] as CameraState, states[after] as CameraState);

  it('begins when a camera becomes offline, and ends when it is so no more', () => {
    expect([change('true', 'false'), change('null', 'false')]).toEqual(['begins', 'begins']);
    expect([change('false', 'true'), change('false', 'null')]).toEqual(['ends', 'ends']);
    expect([change('null', 'true'), change('true', 'true'), change('false', 'false')]).toEqual([null, null, null]);
  });
});
