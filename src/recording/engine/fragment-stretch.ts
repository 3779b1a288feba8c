import { BoxReader } from '../../media/fmp4/box-reader';
import { FragmentError } from '../../media/fmp4/fragment-boxes';
import { FragmentHeader, readFragmentHeader } from '../../media/fmp4/fragment-header';
import { FilmSample } from '../../media/fmp4/film-sample';
import { DiskFile } from '../../storage/disk';
import { RecordedFragment } from './journal-fragments';

/**
 * Finds the samples of a stretch of a part that is being recorded, or whose fragments lie where they were.
 * @param fragments of the part; the first one begins with a keyframe
 * @param from on the part's timeline, in ticks; `to` is not part of it
 * @returns in decode order, from the keyframe at or before the beginning on; empty where there are no fragments
 * @throws FragmentError where the fragments do not lie in the file
 */
export async function fragmentStretch(
  file: DiskFile,
  fragments: readonly RecordedFragment[],
  from: number,
  to: number,
): Promise<FilmSample[]> {
  const reader = new BoxReader(file);
  let first = keyframeAtOrBefore(fragments, from, fragments.length - 1);
  if (first < 0) return [];
  let samples = await read(reader, fragments[first]!);
  // It is decoded in time and shown a little later: then the group before it is needed.
  const before =
    first > 0 && samples[0]!.dts + samples[0]!.cts > from ? keyframeAtOrBefore(fragments, from, first - 1) : -1;
  if (before >= 0) samples = await read(reader, fragments[(first = before)]!);
  for (let i = first + 1; i < fragments.length && fragments[i]!.dts < to; i++) {
    for (const sample of await read(reader, fragments[i]!)) samples.push(sample);
  }
  let last = samples.length - 1;
  while (last > 0 && samples[last]!.dts + samples[last]!.cts >= to) last--;
  return samples.slice(0, last + 1);
}

function keyframeAtOrBefore(fragments: readonly RecordedFragment[], at: number, upTo: number): number {
  let earliest = -1;
  for (let i = upTo; i >= 0; i--) {
    const { keyframe, dts } = fragments[i]!;
    if (!keyframe) continue;
    if (dts <= at) return i;
    earliest = i;
  }
  return earliest;
}

async function read(reader: BoxReader, { offset, bytes }: RecordedFragment): Promise<FilmSample[]> {
  const limit = offset + bytes;
  let moof = await reader.box(offset, limit);
  let header: FragmentHeader | null = null;
  // The sound lies before the pictures.
  while (moof && !header) {
    const { type, start, end } = moof;
    if (type === 'moof') header = readFragmentHeader((await reader.bytes(start, end - start)) ?? Buffer.alloc(0));
    if (!header) moof = await reader.box(end, limit);
  }
  if (!moof || !header) throw new FragmentError('a fragment that is none');
  // Behind the header of its `mdat`.
  let at = moof.end + 8;
  let dts = header.decodeTime;
  return header.entries.map(({ duration, size, cts, keyframe }) => {
    const sample = { offset: at, size, dts, cts, keyframe };
    at += size;
    dts += duration;
    return sample;
  });
}
