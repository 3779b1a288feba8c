import { StoredVideo, StoredVideos } from '../files/video-upkeep.service';
import { Limits, planRetention } from './retention-plan';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOW = Date.UTC(2026, 10, 25, 12);
const FOREVER: Limits = { retentionDays: null, quotaBytes: null };

/** Videos of these ages in days, the oldest first, 100 bytes each. */
function videos(
  ages: readonly number[],
  change: (video: StoredVideo, at: number) => Partial<StoredVideo> = () => ({}),
) {
  const oldestFirst = ages.map((age, at): StoredVideo => {
    const video = { sessionId: `v${at}`, bytes: 100, createdAt: NOW - age * DAY, lastReadAt: null, missing: false };
    return { ...video, ...change(video, at) };
  });
  const bytes = oldestFirst.reduce((sum, video) => sum + (video.missing ? 0 : video.bytes), 0);
  return { count: oldestFirst.length, bytes, oldestFirst } satisfies StoredVideos;
}

function gone(stored: StoredVideos, limits: Partial<Limits>, now = NOW): string[] {
  return planRetention(stored, { ...FOREVER, ...limits }, now).expired.map((one) => `${one.sessionId} ${one.reason}`);
}

describe('planRetention', () => {
  it('keeps everything without limits', () => {
    expect(gone(videos([9999, 400, 1]), {})).toEqual([]);
  });

  it.each([
    [30, ['v0 age', 'v1 age']],
    [31, ['v0 age']],
    [1, ['v0 age', 'v1 age', 'v2 age']],
    [100, []],
  ])('keeps videos for %d days', (retentionDays, expected) => {
    expect(gone(videos([40, 30.1, 1.1, 0.9]), { retentionDays })).toEqual(expected);
  });

  it.each([
    [400, []],
    [399, ['v0 quota']],
    [300, ['v0 quota']],
    [250, ['v0 quota', 'v1 quota']],
    [1, ['v0 quota', 'v1 quota', 'v2 quota', 'v3 quota']],
  ])('deletes the oldest until they fit into %d bytes', (quotaBytes, expected) => {
    expect(gone(videos([4, 3, 2, 1]), { quotaBytes })).toEqual(expected);
  });

  it('takes what is too old first, and the quota of what is left', () => {
    expect(gone(videos([40, 35, 3, 2, 1]), { retentionDays: 30, quotaBytes: 200 })).toEqual([
      'v0 age',
      'v1 age',
      'v2 quota',
    ]);
  });

  it('keeps what was read within the hour, and goes on with the next', () => {
    const stored = videos([40, 35, 3], (_, at) => (at === 0 ? { lastReadAt: NOW - 59 * MINUTE } : {}));
    expect(gone(stored, { retentionDays: 30 })).toEqual(['v1 age']);
    expect(gone(stored, { quotaBytes: 200 })).toEqual(['v1 quota']);
    expect(gone(stored, { retentionDays: 30 }, NOW + 2 * MINUTE)).toEqual(['v0 age', 'v1 age']);
  });

  it('is not fooled by a reading in times to come', () => {
    const stored = videos([40], () => ({ lastReadAt: Date.UTC(2100, 0, 1) }));
    expect(gone(stored, { retentionDays: 30 })).toEqual(['v0 age']);
  });

  it('counts no bytes of a file that is missing, and takes it for no quota', () => {
    const stored = videos([5, 4, 3], (_, at) => ({ missing: at === 0 }));
    expect(stored.bytes).toBe(200);
    expect(gone(stored, { quotaBytes: 200 })).toEqual([]);
    expect(gone(stored, { quotaBytes: 150 })).toEqual(['v1 quota']);
    expect(gone(stored, { retentionDays: 4.5 })).toEqual(['v0 age']);
  });

  it('keeps what is dated in times to come', () => {
    expect(gone(videos([-20_000, -1]), { retentionDays: 1 })).toEqual([]);
  });

  it.each([
    [8, 8],
    [12, 10],
    [40, 10],
    [120, 30],
    [1_000, 50],
  ])('of %d that are due, one run takes %d', (count, most) => {
    const plan = planRetention(videos(Array.from({ length: count }, () => 40)), { ...FOREVER, retentionDays: 30 }, NOW);
    expect(plan.expired).toHaveLength(most);
    expect(plan.postponed).toBe(count - most);
  });
});
