import { TICKS_PER_SECOND } from '../../media/access-unit';
import { RecordedFragment } from '../../recording/engine/journal-fragments';

/** A frame that its file lets last through the gap behind it; a review shows it as long as any other. */
export interface StretchedFrame {
  /** Offset of its 32-bit duration in the part's file, and what stands there instead, in ticks. */
  readonly at: number;
  readonly duration: number;
}

interface Stretch {
  readonly part: number;
  /** Ticks from the recording's first frame. */
  readonly start: number;
  readonly end: number;
}

/** Whole fragments in a row that begin with a keyframe. */
export interface MediaSegment extends Stretch {
  readonly kind: 'media';
  /** In the part's file. */
  readonly offset: number;
  readonly bytes: number;
  readonly stretched: StretchedFrame | null;
  /** Offsets of the types of boxes that are shown as free space: sound. Absent where there is none. */
  readonly silenced?: readonly number[];
}

/** A time without pictures. */
export interface GapSegment extends Stretch {
  readonly kind: 'gap';
}

export type ReviewSegment = MediaSegment | GapSegment;

/**
 * A segment is ended by the first keyframe after this long. Below the usual second, so that a second's jitter does not double
 * it; above a frame, so that a camera that sends nothing but keyframes does not make 25 segments a second.
 */
const SHORTEST_SEGMENT = 0.9 * TICKS_PER_SECOND;

interface Group {
  readonly part: number;
  readonly start: number;
  readonly offset: number;
  end: number;
  bytes: number;
  /** At its end, counted in. */
  gap: number;
  stretched: StretchedFrame;
  readonly silenced: number[];
}

/**
 * Puts a recording's fragments together to segments as they come: a keyframe and all up to the next one. Fragments that an
 * outage flushed early are no segments of their own. What it gave out never changes, and the same fragments give the same
 * segments, whether they come one by one or years later at once.
 */
export class SegmentGrouper {
  private group: Group | null = null;
  /** All before is given out. */
  private told = 0;

  /**
   * @param startTicks where the part begins, from the recording's first frame
   * @returns what is complete by it
   */
  take(part: number, startTicks: number, fragment: RecordedFragment): ReviewSegment[] {
    const start = startTicks + fragment.dts;
    const done = this.endsBefore(part, start, fragment.keyframe) ? this.end() : [];
    if (this.group) extend(this.group, start, fragment);
    else if (fragment.keyframe) {
      // A part that is damaged, or lost frames before its first keyframe: time goes on without it.
      if (start > this.told) done.push({ kind: 'gap', part, start: this.told, end: start });
      this.group = begin(part, start, fragment);
    }
    return done;
  }

  /** Gives out what is left: nothing comes any more. */
  end(): ReviewSegment[] {
    const { group } = this;
    if (!group) return [];
    this.group = null;
    this.told = group.end;
    const { part, start, end, offset, bytes, gap, stretched, silenced } = group;
    const silence = silenced.length > 0 ? { silenced } : {};
    const shown = { kind: 'media', part, start, end: end - gap, offset, bytes, ...silence } as const;
    if (gap === 0) return [{ ...shown, stretched: null }];
    return [
      { ...shown, stretched },
      { kind: 'gap', part, start: shown.end, end },
    ];
  }

  /** How long the segment is that is not complete yet, in ticks. */
  get pendingTicks(): number {
    return this.group ? this.group.end - this.group.gap - this.group.start : 0;
  }

  private endsBefore(part: number, start: number, keyframe: boolean): boolean {
    const { group } = this;
    if (!group) return false;
    if (group.part !== part) return true;
    return keyframe && (group.gap > 0 || start - group.start >= SHORTEST_SEGMENT);
  }
}

function begin(part: number, start: number, fragment: RecordedFragment): Group {
  const { offset, bytes, duration, gap, sound = [] } = fragment;
  const silenced = [...sound];
  return { part, start, offset, bytes, end: start + duration, gap, stretched: lastOf(fragment), silenced };
}

function extend(group: Group, start: number, fragment: RecordedFragment): void {
  group.bytes += fragment.bytes;
  group.end = start + fragment.duration;
  group.gap = fragment.gap;
  group.stretched = lastOf(fragment);
  if (fragment.sound) group.silenced.push(...fragment.sound);
}

function lastOf({ lastDurationAt, lastDuration }: RecordedFragment): StretchedFrame {
  return { at: lastDurationAt, duration: lastDuration };
}
