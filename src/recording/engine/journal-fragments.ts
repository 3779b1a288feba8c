import { DiskFile } from '../../storage/disk';
import { durationOffset, fragmentHeaderBytes } from '../../media/fmp4/fragment';
import { soundHeaderBytes } from '../../media/fmp4/sound-fragment';
import { SHORTEST_GAP } from './gap-tracker';
import { FragmentInfo, SampleIndex } from './sample-index';
import { SoundIndex } from './sound-index';

/** One whole fragment of a part on disk: `moof` and `mdat` of its sound, where there is some, then of its pictures. Times in ticks on the part's own timeline. */
export interface RecordedFragment {
  /** Of its first `moof` in the part's file. These bytes never change, whatever becomes of the file around them. */
  readonly offset: number;
  readonly bytes: number;
  /** Whether decoding can begin with it. */
  readonly keyframe: boolean;
  readonly dts: number;
  /** Until the next fragment begins, or the recording ends: what lies there without a picture is counted in. */
  readonly duration: number;
  /** The end of {@link duration} that has no picture of its own; 0 as a rule. The last frame was written to last through it. */
  readonly gap: number;
  /** Offset in the file of the 32-bit duration that says so of the last frame. */
  readonly lastDurationAt: number;
  /** What that duration is without the gap. */
  readonly lastDuration: number;
  /** Offsets in the file of the types of its boxes of sound, `moof` and `mdat` in turn; absent where it has none. */
  readonly sound?: readonly number[];
}

/** Intervals between pictures that tell what is usual. */
const LOOKED_AT = 16;
/** A picture that lasts longer than this many usual intervals stands before a gap. */
const GAP_INTERVALS = 3;

/** The whole fragments of a part from number `from` on. The index may be one that grows. */
export function listFragments(index: SampleIndex, from = 0): RecordedFragment[] {
  const fragments: RecordedFragment[] = [];
  for (let i = from; i < index.fragmentCount; i++) fragments.push(describe(index, index.fragment(i)));
  return fragments;
}

function describe(index: SampleIndex, info: FragmentInfo): RecordedFragment {
  const { number, offset, dataOffset, end, keyframe, dts, firstSample, endSample } = info;
  // Sound lies before the pictures' own `moof`.
  const moofAt = dataOffset - fragmentHeaderBytes(endSample - firstSample);
  const endDts = number + 1 < index.fragmentCount ? index.fragment(number + 1).dts : index.endDts;
  const lasts = endDts - index.dts(info, endSample - 1);
  const usual = lasts > SHORTEST_GAP ? usualInterval(index, info) : lasts;
  const gap = lasts > GAP_INTERVALS * usual ? lasts - usual : 0;
  const sound = soundBoxes(index.sound, offset, dataOffset);
  return {
    ...(sound.length > 0 ? { sound } : {}),
    offset,
    bytes: end - offset,
    keyframe,
    dts,
    duration: endDts - dts,
    gap,
    lastDurationAt: moofAt + durationOffset(endSample - 1 - firstSample),
    lastDuration: lasts - gap,
  };
}

function soundBoxes(sound: SoundIndex, from: number, to: number): number[] {
  const [first, end] = sound.chunksBetween(from, to);
  const types: number[] = [];
  for (let c = first; c < end; c++) {
    const { offset, firstFrame, endFrame } = sound.chunk(c);
    types.push(offset - soundHeaderBytes(endFrame - firstFrame) + 4, offset - 4);
  }
  return types;
}

/**
 * The median distance of the pictures up to a fragment's last one. By the part's own times alone, so that the answer is the
 * same while it is written, rebuilt from the file, or read years later. Where there is but one picture: the shortest gap.
 */
function usualInterval(index: SampleIndex, { number }: FragmentInfo): number {
  const intervals: number[] = [];
  let after: number | null = null;
  for (let i = number; i >= 0 && intervals.length < LOOKED_AT; i--) {
    const info = index.fragment(i);
    for (let s = info.endSample - 1; s >= info.firstSample && intervals.length < LOOKED_AT; s--) {
      const dts = index.dts(info, s);
      if (after !== null) intervals.push(after - dts);
      after = dts;
    }
  }
  intervals.sort((a, b) => a - b);
  return intervals[intervals.length >> 1] ?? SHORTEST_GAP;
}

/**
 * Whether a file still is the part that began with this init: growing, or finished in place, but not one that was made anew
 * of it. Then its fragments lie where they were.
 */
export async function isPart(file: DiskFile, init: Buffer, reserveBytes: number): Promise<boolean> {
  const head = Buffer.alloc(init.length + 8);
  if ((await file.read(head, 0)) < head.length) return false;
  // What the finaliser's one write changes: the header of the init's `moov`, behind `ftyp`.
  const moovAt = init.readUInt32BE(0);
  init.copy(head, moovAt, moovAt, moovAt + 8);
  if (head.compare(init, 0, init.length, 0, init.length) !== 0) return false;
  return head.readUInt32BE(init.length) === reserveBytes && head.toString('latin1', init.length + 4) === 'free';
}
