import { SECOND } from './recorded.fixture';
import { playlistFrame, segmentLines, targetDuration } from './review-playlist';

const CONTEXT = { startedAt: Date.parse('2026-03-01T10:00:00.500Z'), targetSeconds: 2, partBefore: 1 };
const MEDIA = { kind: 'media', part: 1, start: 0, end: 2 * SECOND, offset: 700, bytes: 1234, stretched: null } as const;

describe('a review playlist', () => {
  it.each([
    ['nothing', 0, 2],
    ['a second', 1, 2],
    ['two seconds and a tick', 2 + 1 / SECOND, 2],
    ['two seconds, with jitter', 2.08, 2],
    ['two seconds and a bit', 2.2, 3],
    ['four seconds', 4, 4],
    ['ten seconds and a bit', 10.4, 11],
  ])('has a target duration: %s', (_, seconds, target) => {
    expect(targetDuration(seconds * SECOND)).toBe(target);
  });

  it('begins and ends so', () => {
    expect(playlistFrame({ targetSeconds: 2, hasGaps: false, over: false })).toEqual({
      head: '#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-INDEPENDENT-SEGMENTS\n',
      tail: '',
    });
    const over = playlistFrame({ targetSeconds: 4, hasGaps: true, over: true });
    expect(over.head).toContain('#EXT-X-VERSION:8\n#EXT-X-TARGETDURATION:4\n');
    expect(over.tail).toBe('#EXT-X-ENDLIST\n');
  });

  it('has a segment with its time, length and bytes', () => {
    expect(segmentLines(MEDIA, CONTEXT)).toBe(
      '#EXT-X-PROGRAM-DATE-TIME:2026-03-01T10:00:00.500Z\n#EXTINF:2,\n#EXT-X-BYTERANGE:1234@700\nreview/1/media.mp4\n',
    );
  });

  it('names the init of the first part, and of another behind a discontinuity', () => {
    expect(segmentLines(MEDIA, { ...CONTEXT, partBefore: null })).toMatch(
      /^#EXT-X-MAP:URI="review\/1\/init.mp4"\n#EXT-X-P/,
    );
    const next = segmentLines({ ...MEDIA, part: 2 }, CONTEXT);
    expect(next).toMatch(/^#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="review\/2\/init.mp4"\n#EXT-X-P/);
    expect(next).toMatch(/\nreview\/2\/media.mp4\n$/);
  });

  it.each([
    [0.7, ['0.7']],
    [2, ['2']],
    [2.1, ['1.05', '1.05']],
    [5, ['1.666667', '1.666666', '1.666667']],
  ])('cuts a gap of %d s into segments no longer than the target', (seconds, lengths) => {
    const lines = segmentLines(
      { kind: 'gap', part: 3, start: SECOND, end: SECOND + Math.round(seconds * SECOND) },
      CONTEXT,
    );
    expect([...lines.matchAll(/^#EXTINF:(.*),$/gm)].map(([, length]) => length)).toEqual(lengths);
    expect(lines.match(/^#EXT-X-GAP$/gm)).toHaveLength(lengths.length);
    expect(lines.match(/^review\/3\/gap\.mp4$/gm)).toHaveLength(lengths.length);
    expect(lines).toContain('#EXT-X-PROGRAM-DATE-TIME:2026-03-01T10:00:01.500Z\n');
  });

  it('never drifts from the recording, however odd its durations', () => {
    let sum = 0;
    let end = 0;
    for (let i = 0; i < 5000; i++) {
      const start = end;
      end += 90_000 + (i % 7);
      sum += Math.round(1e6 * Number(/#EXTINF:(.*),/.exec(segmentLines({ ...MEDIA, start, end }, CONTEXT))?.[1]));
    }
    expect(Math.abs(sum - (end / 90_000) * 1e6)).toBeLessThan(1);
  });
});
