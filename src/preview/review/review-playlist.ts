import { TICKS_PER_SECOND } from '../../media/access-unit';
import { ReviewSegment } from './review-segments';

/** Seconds. Players ask for a growing playlist about so often. */
const SHORTEST_TARGET = 2;
/**
 * A camera's "every two seconds" is 2.004 now and then; a target of 3 would only make players slower. RFC 8216 §4.3.3.1
 * compares rounded durations, so this is well within.
 */
const TARGET_TOLERANCE = 0.1;

/** What the frame of a playlist depends on. */
export interface PlaylistState {
  /** See {@link targetDuration}. */
  readonly targetSeconds: number;
  readonly hasGaps: boolean;
  /** Nothing comes any more. */
  readonly over: boolean;
}

/** `EXT-X-TARGETDURATION` for segments of at most so many ticks: whole seconds. */
export function targetDuration(longestTicks: number): number {
  return Math.max(SHORTEST_TARGET, Math.ceil(longestTicks / TICKS_PER_SECOND - TARGET_TOLERANCE));
}

/**
 * What stands before and behind the segments of a media playlist (RFC 8216; `EXT-X-GAP`: draft-pantos-hls-rfc8216bis
 * §4.4.4.7). Without `EXT-X-PLAYLIST-TYPE`: a player takes EVENT for something to be watched from far behind.
 */
export function playlistFrame({ targetSeconds, hasGaps, over }: PlaylistState): { head: string; tail: string } {
  const head = [
    '#EXTM3U',
    `#EXT-X-VERSION:${hasGaps ? 8 : 7}`,
    `#EXT-X-TARGETDURATION:${targetSeconds}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-INDEPENDENT-SEGMENTS',
  ];
  return { head: `${head.join('\n')}\n`, tail: over ? '#EXT-X-ENDLIST\n' : '' };
}

/** What the lines of a segment depend on besides itself. */
export interface SegmentContext {
  /** Epoch milliseconds of the recording's first frame. */
  readonly startedAt: number;
  readonly targetSeconds: number;
  /** Part of the media segment before it; `null` for the first. */
  readonly partBefore: number | null;
}

/**
 * The lines of one segment. Durations are differences of rounded times, so that their sum never leaves the recording's own
 * clock. A long gap is several segments, none longer than the target. A new part has its own init and its own clock.
 */
export function segmentLines(segment: ReviewSegment, { startedAt, targetSeconds, partBefore }: SegmentContext): string {
  const { part, start, end } = segment;
  if (segment.kind === 'gap') {
    const pieces = Math.ceil((end - start) / (targetSeconds * TICKS_PER_SECOND));
    let lines = '';
    for (let i = 0, from = start; i < pieces; i++) {
      const to = start + Math.round(((end - start) * (i + 1)) / pieces);
      lines += `#EXT-X-GAP\n${timeLines(startedAt, from, to)}${partFolder(part)}/gap.mp4\n`;
      from = to;
    }
    return lines;
  }
  const folder = partFolder(part);
  let lines = '';
  if (part !== partBefore) {
    if (partBefore !== null) lines += '#EXT-X-DISCONTINUITY\n';
    lines += `#EXT-X-MAP:URI="${folder}/init.mp4"\n`;
  }
  const { offset, bytes } = segment;
  return `${lines}${timeLines(startedAt, start, end)}#EXT-X-BYTERANGE:${bytes}@${offset}\n${folder}/media.mp4\n`;
}

function timeLines(startedAt: number, start: number, end: number): string {
  const at = new Date(startedAt + Math.round((start * 1000) / TICKS_PER_SECOND)).toISOString();
  return `#EXT-X-PROGRAM-DATE-TIME:${at}\n#EXTINF:${(microseconds(end) - microseconds(start)) / 1e6},\n`;
}

function microseconds(ticks: number): number {
  return Math.round((ticks * 100) / 9);
}

function partFolder(part: number): string {
  return `review/${part}`;
}
