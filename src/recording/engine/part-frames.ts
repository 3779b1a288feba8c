import { TICKS_PER_SECOND } from '../../media/access-unit';
import { DiskFile, readFully } from '../../storage/disk';
import { RebuiltPart } from './rebuild-index';
import { SampleIndex } from './sample-index';

/** A camera may send a keyframe a minute: so much of a group shows that the tables are right. */
export const MOST_FRAMES = 60;
/** Two groups, and what else the fragments hold that they end in: of a fast camera a second's worth each. */
export const DECODED_FRAMES = 2 * (MOST_FRAMES + 120);

/** A stretch of a part that begins with a keyframe. */
export interface Stretch {
  /** Number of its first fragment, and how many frames from there. */
  readonly fragment: number;
  readonly frames: number;
  /** Presentation time of its keyframe in seconds from the part's first picture. */
  readonly seconds: number;
}

/** What of a part is looked at when it is finished. */
export interface PartEnds {
  /** Its first group of pictures; `null` where that is the last one too. */
  readonly first: Stretch | null;
  readonly last: Stretch;
}

/** A part's first group of pictures, {@link MOST_FRAMES} at most; `null` while the group is not whole. */
export function firstGroup(index: SampleIndex): Stretch | null {
  for (let frames = 1; frames < index.sampleCount; frames++) {
    if (frames === MOST_FRAMES || index.isKeyframe(frames)) return { fragment: 0, frames, seconds: 0 };
  }
  return null;
}

/** The first and the last group of pictures of a part that has frames. */
export function endsOf(index: SampleIndex): PartEnds {
  const whole = { fragment: 0, frames: Math.min(index.sampleCount, MOST_FRAMES), seconds: 0 };
  for (let f = index.fragmentCount - 1; f > 0; f--) {
    const { keyframe, firstSample, dts } = index.fragment(f);
    if (!keyframe) continue;
    const frames = Math.min(index.sampleCount - firstSample, MOST_FRAMES);
    const ticks = dts + index.cts(firstSample) - index.cts(0);
    return {
      first: firstGroup(index) ?? whole,
      last: { fragment: f, frames, seconds: Math.max(0, ticks / TICKS_PER_SECOND) },
    };
  }
  return { first: null, last: whole };
}

/** Frames in the fragments that hold a stretch: the last one may have more than belong to it. */
export function framesOf(index: SampleIndex, { fragment, frames }: Stretch): number {
  const first = index.fragment(fragment).firstSample;
  for (let f = fragment; f < index.fragmentCount; f++) {
    const { endSample } = index.fragment(f);
    if (endSample - first >= frames) return endSample - first;
  }
  return index.sampleCount - first;
}

/** Stretches as one fragmented MP4: the init segment and their fragments, as they lie on disk. */
export async function* readStretches(
  file: DiskFile,
  { init, index }: Pick<RebuiltPart, 'init' | 'index'>,
  stretches: readonly Stretch[],
): AsyncGenerator<Buffer> {
  yield init;
  for (const stretch of stretches) {
    for (let f = stretch.fragment, left = framesOf(index, stretch); left > 0; f++) {
      const { offset, end, firstSample, endSample } = index.fragment(f);
      yield await readFully(file, offset, end - offset);
      left -= endSample - firstSample;
    }
  }
}
