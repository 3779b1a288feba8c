import { changesOf, isTighter, type Settings, takenOver } from './club-change';

const BEFORE: Settings = {
  ...{ name: 'Lake', time_zone: 'Europe/Paris', consent_note: null, retention_days: 30, registration_open: false },
  ...{ players_book: false },
  ...{ sharing_enabled: true, max_sessions: null, quota_bytes: null, camera_networks: ['10.0.0.0/8'] },
  ...{ compression: 'off', compression_crf: null, compression_after_minutes: 60 },
};

describe('the change of a club’s settings', () => {
  it('is what is another now, and nothing else', () => {
    expect(changesOf(BEFORE, { ...BEFORE, camera_networks: ['10.0.0.0/8'] })).toEqual({});
    expect(changesOf(BEFORE, { ...BEFORE, retention_days: null, name: 'Sea' })).toEqual({
      name: 'Sea',
      retention_days: null,
    });
    expect(changesOf(BEFORE, { ...BEFORE, camera_networks: null })).toEqual({ camera_networks: null });
  });

  it.each([
    [null, 30, true],
    [30, 10, true],
    [30, 30, false],
    [10, 30, false],
    [30, null, false],
    [null, null, false],
  ])('from %s to %s takes videos away: %s', (before, after, tighter) => {
    expect(isTighter(before, after)).toBe(tighter);
  });
});

describe('takenOver', () => {
  it('takes what others changed, but for what was typed here', () => {
    const typed = { ...BEFORE, name: 'Typed' };
    const now = { ...BEFORE, name: 'Of another', max_sessions: 77 };
    expect(takenOver(BEFORE, typed, now)).toEqual({ ...BEFORE, name: 'Typed', max_sessions: 77 });
    expect(changesOf(now, takenOver(BEFORE, typed, now))).toEqual({ name: 'Typed' });
  });
});
