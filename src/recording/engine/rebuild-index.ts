import { BoxReader } from '../../media/fmp4/box-reader';
import { readFragmentHeader } from '../../media/fmp4/fragment-header';
import { SoundHeader, readSoundHeader } from '../../media/fmp4/sound-fragment';
import { AAC_FRAME_SAMPLES } from '../../media/sound/sound-format';
import { DiskFile } from '../../storage/disk';
import { PART_NOTE_BYTES, readPartNote } from './part-note';
import { SampleIndex } from './sample-index';

/** A part's file is not what a journal writes: its beginning is damaged. What may be in it is for a person to see. */
export class PartDamagedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PartDamagedError';
  }
}

/** Its process died while it made the part: the file ends before its reserve does, so not one frame was ever written. */
export class PartUnbornError extends PartDamagedError {
  constructor() {
    super('it ends before its reserve does');
    this.name = 'PartUnbornError';
  }
}

/** What a part's file says of itself. */
export interface RebuiltPart {
  /** `flipped`: the in-place finaliser's last write was done; the file is a whole faststart MP4 and is never truncated. */
  readonly state: 'fragmented' | 'flipped';
  /** `ftyp` + `moov` as the journal wrote them. */
  readonly init: Buffer;
  /** Size of the reserve's `free` box. */
  readonly reserveBytes: number;
  /** Session time at which it begins, by its own note; `null` once the finaliser has written over that. */
  readonly startTicks: number | null;
  /** All whole fragments; its `endOffset` is where a fragmented part is cut before more is written. */
  readonly index: SampleIndex;
  /** Length in ticks that a flipped file's own `moov` states; `null` for a fragmented one. */
  readonly finishedTicks: number | null;
}

/** Fragments from the end whose samples are looked at: more than a power cut can leave unsynced. */
const LOOKED_AT = 8;
const MAX_INIT_BYTES = 1 << 20;

/**
 * Walks the boxes of a part up to the last whole fragment; for a file cut at any byte, or with anything after a cut.
 * @param known the index of the journal that wrote the file, which spares the walk
 * @throws PartDamagedError where not even the init and the reserve are whole; PartUnbornError where they were still being made
 */
export async function rebuildIndex(file: DiskFile, known?: SampleIndex): Promise<RebuiltPart> {
  const bytes = await file.size();
  const reader = new BoxReader(file);
  if (bytes === 0) throw new PartUnbornError();
  const ftyp = await reader.box(0, bytes);
  if (ftyp?.type !== 'ftyp' || ftyp.end > MAX_INIT_BYTES) throw new PartDamagedError('it does not begin with ftyp');
  const second = await reader.box(ftyp.end, bytes);
  if (second?.type !== 'moov' && second?.type !== 'free') throw new PartDamagedError('it has no init');
  // By its children and not by its size: the flip covers its header, and their end is the reserve's own header either way.
  const moovEnd = await endOfChildren(reader, second.payload, bytes);
  const reserve = await reader.box(moovEnd, bytes);
  if (reserve?.type !== 'free' || moovEnd > MAX_INIT_BYTES) throw new PartDamagedError('it has no reserve');
  const init = Buffer.from((await reader.bytes(0, moovEnd)) ?? []);
  init.writeUInt32BE(moovEnd - ftyp.end, ftyp.end);
  init.write('moov', ftyp.end + 4, 'latin1');
  const index = known ?? (await walkFragments(reader, reserve.end, bytes));
  const finishedTicks = second.type === 'free' ? await mediaDuration(reader, second.end, bytes) : null;
  // Eight bytes of one sector are written whole or not at all; should a disk ever tear them, the fragments are still there.
  const state = finishedTicks === null ? 'fragmented' : 'flipped';
  const note = await reader.bytes(reserve.payload, Math.min(PART_NOTE_BYTES, reserve.end - reserve.payload));
  const startTicks = note && readPartNote(note);
  return { state, init, reserveBytes: reserve.end - moovEnd, startTicks, index, finishedTicks };
}

async function walkFragments(reader: BoxReader, from: number, limit: number): Promise<SampleIndex> {
  const index = new SampleIndex();
  index.endOffset = from;
  const fragments = await wholeFragments(reader, from, limit);
  // What was not synced may read as zeros after a power cut, under a header that was.
  let whole = fragments.length;
  for (let i = fragments.length - 1; i >= Math.max(0, fragments.length - LOOKED_AT); i--) {
    if (!(await samplesAreWhole(reader, fragments[i]!))) whole = i;
  }
  for (const fragment of fragments.slice(0, whole)) addFragment(index, fragment);
  return index;
}

/** Sound that lies before a fragment's pictures. */
interface FoundSound {
  readonly dataOffset: number;
  readonly header: SoundHeader;
}

interface FoundFragment {
  readonly offset: number;
  readonly sound: readonly FoundSound[];
  readonly dataOffset: number;
  readonly header: NonNullable<ReturnType<typeof readFragmentHeader>>;
}

async function mediaDuration(reader: BoxReader, from: number, limit: number): Promise<number | null> {
  const mdhd = await reader.find(from, limit, ['moov', 'trak', 'mdia', 'mdhd']);
  const bytes = mdhd && (await reader.bytes(mdhd.payload, mdhd.end - mdhd.payload));
  if (!bytes || bytes.length < 20) return null;
  if (bytes[0] === 0) return bytes.readUInt32BE(16);
  return bytes.length < 32 ? null : Number(bytes.readBigUInt64BE(24));
}

async function endOfChildren(reader: BoxReader, from: number, limit: number): Promise<number> {
  let at = from;
  for await (const child of reader.walk(from, limit)) {
    if (child.type === 'free') return child.start;
    at = child.end;
  }
  if ((await reader.bytes(at, 8))?.toString('latin1', 4, 8) === 'free') throw new PartUnbornError();
  throw new PartDamagedError('its init does not end');
}

async function wholeFragments(reader: BoxReader, from: number, limit: number): Promise<FoundFragment[]> {
  const found: FoundFragment[] = [];
  let next = 0;
  let nextSound: number | null = null;
  let offset = from;
  let sound: FoundSound[] = [];
  for (let at = from; ;) {
    const moof = await reader.box(at, limit);
    if (moof?.type !== 'moof' || moof.end - moof.start > MAX_INIT_BYTES) return found;
    const bytes = await reader.bytes(moof.start, moof.end - moof.start);
    const header = bytes && readFragmentHeader(bytes);
    const heard: SoundHeader | null = header ? null : bytes && readSoundHeader(bytes);
    const mdat = (header ?? heard) && (await reader.box(moof.end, limit));
    if (mdat?.type !== 'mdat' || mdat.payload - mdat.start !== 8) return found;
    if (mdat.end - mdat.payload !== (header ?? heard)!.dataBytes) return found;
    at = mdat.end;
    if (heard) {
      if (nextSound !== null && heard.position !== nextSound) return found;
      nextSound = heard.position + heard.sizes.length * AAC_FRAME_SAMPLES;
      sound.push({ dataOffset: mdat.payload, header: heard });
      continue;
    }
    if (header!.decodeTime < next) return found;
    found.push({ offset, sound, dataOffset: mdat.payload, header: header! });
    next = header!.decodeTime + header!.entries.reduce((sum, entry) => sum + entry.duration, 0);
    offset = at;
    sound = [];
  }
}

/** Every sample must be a chain of NAL units, each behind its 4-byte length; no frame of sound is nothing but zeros. */
async function samplesAreWhole(reader: BoxReader, { dataOffset, header, sound }: FoundFragment): Promise<boolean> {
  for (const run of sound) if (!(await soundIsWhole(reader, run))) return false;
  let at = dataOffset;
  for (const { size } of header.entries) {
    const end = at + size;
    while (at < end) {
      const length = at + 4 < end ? await reader.bytes(at, 4) : null;
      const nal = length?.readUInt32BE(0) ?? 0;
      if (nal === 0 || at + 4 + nal > end) return false;
      at += 4 + nal;
    }
  }
  return true;
}

async function soundIsWhole(reader: BoxReader, { dataOffset, header }: FoundSound): Promise<boolean> {
  let at = dataOffset;
  for (const size of header.sizes) {
    const frame = await reader.bytes(at, size);
    if (!frame?.some((byte) => byte !== 0)) return false;
    at += size;
  }
  return true;
}

function addFragment(index: SampleIndex, { offset, sound, dataOffset, header }: FoundFragment): void {
  for (const run of sound) index.sound.addChunk(run.header.position, run.dataOffset, run.header.sizes);
  index.beginFragment(header.decodeTime, offset, dataOffset - offset);
  let dts = header.decodeTime;
  for (const { duration, size, cts, keyframe } of header.entries) {
    index.addSample(dts, duration, size, cts, keyframe);
    dts += duration;
  }
}
