import { fragments, group, Made, SECOND } from './recorded.fixture';
import { ReviewSegment, SegmentGrouper } from './review-segments';

/** Segments of one part as text: `0-2` is media, `(2-5)` a gap. */
function grouped(made: readonly Made[], startSeconds = 0): string {
  const grouper = new SegmentGrouper();
  const segments = fragments(made).flatMap((fragment) => grouper.take(1, startSeconds * SECOND, fragment));
  return text([...segments, ...grouper.end()]);
}

function text(segments: readonly ReviewSegment[]): string {
  const seconds = (ticks: number): number => Math.round((ticks / SECOND) * 100) / 100;
  return segments
    .map(({ kind, start, end }) => `${seconds(start)}-${seconds(end)}`.replace(/.*/, kind === 'gap' ? '($&)' : '$&'))
    .join(' ');
}

describe('SegmentGrouper', () => {
  it.each<[string, readonly Made[], string]>([
    ['a second between keyframes', [...group(1), ...group(1), ...group(1)], '0-1 1-2 2-3'],
    ['two seconds', [...group(2), ...group(2)], '0-2 2-4'],
    ['five seconds', [...group(5), ...group(5)], '0-5 5-10'],
    ['jitter below the second', [0.96, 0.98, 1.04].map((seconds) => ({ seconds })), '0-0.96 0.96-1.94 1.94-2.98'],
    ['nothing but keyframes', Array<Made>(60).fill({ seconds: 0.04 }), '0-0.92 0.92-1.84 1.84-2.4'],
    [
      'an outage that flushed early',
      [...group(1), { seconds: 3.04, keyframe: false, gap: 3 }, ...group(2)],
      '0-1.04 (1.04-4.04) 4.04-6.04',
    ],
    ['a gap soon after a keyframe', [{ seconds: 4.2, gap: 4 }, ...group(2)], '0-0.2 (0.2-4.2) 4.2-6.2'],
    ['a gap at the end', group(2, 10), '0-2 (2-12)'],
    [
      'a gap that goes on without a keyframe',
      [...group(1, 4), { seconds: 1, keyframe: false }, ...group(2)],
      '0-6 6-8',
    ],
    ['no keyframe at the beginning', [{ seconds: 1, keyframe: false }, ...group(2)], '(0-1) 1-3'],
    ['no keyframe at all', [{ seconds: 1, keyframe: false }], ''],
  ])('%s', (_, made, expected) => {
    expect(grouped(made)).toBe(expected);
  });

  it('gives a segment out once its successor begins, and never another', () => {
    const grouper = new SegmentGrouper();
    const given = fragments([...group(2), ...group(2), ...group(2)]).map((one) => text(grouper.take(1, 0, one)));
    expect(given).toEqual(['', '', '0-2', '', '2-4', '']);
    expect(grouper.pendingTicks).toBe(2 * SECOND);
    expect(text(grouper.end())).toBe('4-6');
    expect(grouper.end()).toEqual([]);
  });

  it('names the bytes of all its fragments, and the frame that must not last through the gap', () => {
    const grouper = new SegmentGrouper();
    const all = fragments([...group(3, 7), ...group(1)]).flatMap((fragment) => grouper.take(4, 0, fragment));
    expect(all).toEqual([
      {
        kind: 'media',
        part: 4,
        start: 0,
        end: 3 * SECOND,
        offset: 10_000,
        bytes: 3000,
        stretched: { at: 12_088, duration: 3600 },
      },
      { kind: 'gap', part: 4, start: 3 * SECOND, end: 10 * SECOND },
    ]);
    expect(grouper.end()).toMatchObject([{ offset: 13_000, bytes: 1000, stretched: null }]);
  });

  it('ends a segment with its part, and keeps the time where one is missing', () => {
    const grouper = new SegmentGrouper();
    const [first] = fragments(group(1));
    const taken = [
      ...grouper.take(1, 0, first!),
      ...grouper.take(2, SECOND, first!),
      ...grouper.take(4, 9 * SECOND, first!),
    ];
    expect(text([...taken, ...grouper.end()])).toBe('0-1 1-2 (2-9) 9-10');
  });
});
