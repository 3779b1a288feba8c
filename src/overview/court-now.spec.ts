import { CameraState, unknownCamera } from '../clubs/watch/camera-state';
import { cameraNow, CourtNow, courtState, SessionNow } from './court-now';

const NOW = 10_000_000;
const online: CameraState = { ...unknownCamera(NOW - 600_000), online: true, lastSeenAt: NOW - 40_000 };
const offline: CameraState = { ...online, online: false, since: NOW - 300_000, code: 'camera_timeout' };
const court: CourtNow = { session: null, camera: online, cameraSince: null, freeSince: NOW - 500_000 };
const live: SessionNow = {
  status: 'live',
  openedAt: NOW - 120_000,
  since: NOW - 90_000,
  lastFrameAt: NOW - 20,
  code: null,
};
const away = (ms: number): SessionNow => {
  return { ...live, status: 'reconnecting', since: NOW - ms, lastFrameAt: NOW - ms, code: 'camera_unreachable' };
};

describe('the state of a court', () => {
  it.each([
    ['nobody plays', court, { state: 'free', since: NOW - 500_000 }],
    ['nobody plays, camera unknown', { ...court, camera: null }, { state: 'free', since: NOW - 500_000 }],
    ['nobody plays, camera away', { ...court, camera: offline }, { state: 'offline', since: NOW - 300_000 }],
    [
      'nobody plays, camera back',
      { ...court, camera: { ...online, since: NOW - 5_000 } },
      { state: 'free', since: NOW - 5_000 },
    ],
    ['somebody plays', { ...court, session: live }, { state: 'live', since: NOW - 90_000 }],
    ['somebody plays, camera away', { ...court, session: away(60_000), camera: offline }, { state: 'reconnecting' }],
    [
      'somebody comes',
      { ...court, session: { ...live, status: 'connecting' as const, lastFrameAt: null } },
      { state: 'connecting' },
    ],
  ])('%s', (_name, now, expected) => {
    expect(courtState(now)).toMatchObject(expected);
  });
});

describe('the camera of a court', () => {
  it('is as it was found while nobody plays, or before the first picture', () => {
    expect(cameraNow(court, NOW)).toBe(online);
    expect(cameraNow({ ...court, camera: null }, NOW)).toBeNull();
    expect(cameraNow({ ...court, session: { ...live, lastFrameAt: null } }, NOW)).toBe(online);
  });

  it('is online as soon as its session gets pictures, whatever was written', () => {
    const camera = cameraNow({ ...court, session: live, camera: offline }, NOW);
    expect(camera).toMatchObject({ online: true, since: NOW - 90_000, lastSeenAt: NOW - 20, code: null });
    expect(cameraNow({ ...court, session: live, camera: null }, NOW)).toMatchObject({ online: true });
  });

  it('is offline when its session has had no picture for half a minute', () => {
    expect(cameraNow({ ...court, session: away(29_000) }, NOW)?.online).toBe(true);
    expect(cameraNow({ ...court, session: away(31_000) }, NOW)).toMatchObject({
      online: false,
      since: NOW - 31_000,
      code: 'camera_unreachable',
    });
  });

  it('is not the one that a session of before has', () => {
    const moved = { ...court, session: live, camera: unknownCamera(NOW - 60_000), cameraSince: NOW - 60_000 };
    expect(cameraNow(moved, NOW)).toMatchObject({ online: null });
  });
});
