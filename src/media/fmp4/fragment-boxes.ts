import { TICKS_PER_SECOND } from '../access-unit';

/** The bytes are not the fragmented MP4 they should be. */
export class FragmentError extends Error {
  override readonly name = 'FragmentError';
}

/** The video track of a movie header (ISO/IEC 14496-12 §8.4, §8.5.2; 14496-15 §5.4.2; AV1 Codec ISO Media File Format Binding §2). */
export interface TrackHeader {
  readonly trackId: number;
  readonly timescale: number;
  /** Four-character code of the sample entry: `avc1`, `hvc1`, `av01`, `mp4v` … */
  readonly format: string;
  /** Payload of `avcC`, `null` where the entry has none. */
  readonly avcC: Buffer | null;
  /** Payload of `hvcC`, `null` where the entry has none. */
  readonly hvcC: Buffer | null;
  /** Payload of `av1C`, `null` where the entry has none. */
  readonly av1C: Buffer | null;
  /** MPEG-4 object type of an `esds` (`mp4v` carries MPEG-2 too), `null` without one. */
  readonly objectType: number | null;
  /** Defaults of `trex`. */
  readonly defaults: SampleDefaults;
}

export interface SampleDefaults {
  readonly duration: number;
  readonly size: number;
  readonly flags: number;
}

/** One sample of a movie fragment, times in the track's timescale. */
export interface RunSample {
  /** Offset of its bytes in the stream. */
  readonly offset: number;
  readonly size: number;
  readonly dts: number;
  readonly cts: number;
  readonly duration: number;
  readonly keyframe: boolean;
}

const NON_SYNC_SAMPLE = 0x10000;
const MAX_SAMPLES = 100_000;

/** The boxes in `bytes`, shallow. @throws FragmentError where one does not fit. */
export function* boxesIn(bytes: Buffer): Generator<{ type: string; body: Buffer }> {
  for (let at = 0; at + 8 <= bytes.length;) {
    let size = bytes.readUInt32BE(at);
    let head = 8;
    if (size === 1 && at + 16 <= bytes.length) {
      size = Number(bytes.readBigUInt64BE(at + 8));
      head = 16;
    } else if (size === 0) size = bytes.length - at;
    if (size < head || at + size > bytes.length) throw new FragmentError('a box does not fit into its parent');
    yield { type: bytes.toString('latin1', at + 4, at + 8), body: bytes.subarray(at + head, at + size) };
    at += size;
  }
}

/** The payload of the first box of a type inside another's, by path: `['mdia', 'hdlr']` goes down two levels. */
export function findBox(bytes: Buffer, path: readonly string[]): Buffer | null {
  const [type, ...rest] = path;
  for (const box of boxesIn(bytes)) {
    if (box.type === type) return rest.length === 0 ? box.body : findBox(box.body, rest);
  }
  return null;
}

/** The payload of a `moov`'s first video `trak`; `null` where there is none. */
export function findVideoTrak(moov: Buffer): Buffer | null {
  for (const { type, body } of boxesIn(moov)) {
    if (type === 'trak' && findBox(body, ['mdia', 'hdlr'])?.toString('latin1', 8, 12) === 'vide') return body;
  }
  return null;
}

/**
 * Finds the first video track of a `moov` payload.
 * @returns `null` where there is none.
 * @throws FragmentError where it is malformed.
 */
export function readVideoTrack(moov: Buffer): TrackHeader | null {
  return guarded(() => {
    const defaults = new Map<number, SampleDefaults>();
    const mvex = findBox(moov, ['mvex']);
    for (const { type, body } of mvex ? boxesIn(mvex) : []) {
      if (type !== 'trex') continue;
      defaults.set(body.readUInt32BE(4), {
        duration: body.readUInt32BE(12),
        size: body.readUInt32BE(16),
        flags: body.readUInt32BE(20),
      });
    }
    const trak = findVideoTrak(moov);
    if (!trak) return null;
    const tkhd = need(findBox(trak, ['tkhd']), 'tkhd');
    const mdhd = need(findBox(trak, ['mdia', 'mdhd']), 'mdhd');
    const stsd = need(findBox(trak, ['mdia', 'minf', 'stbl', 'stsd']), 'stsd');
    const trackId = tkhd.readUInt32BE(tkhd[0] === 1 ? 20 : 12);
    const timescale = mdhd.readUInt32BE(mdhd[0] === 1 ? 20 : 12);
    if (timescale === 0) throw new FragmentError('a track without a timescale');
    return {
      trackId,
      timescale,
      ...readSampleEntry(stsd),
      defaults: defaults.get(trackId) ?? { duration: 0, size: 0, flags: 0 },
    };
  });
}

function readSampleEntry(stsd: Buffer): Pick<TrackHeader, 'format' | 'avcC' | 'hvcC' | 'av1C' | 'objectType'> {
  const entry = boxesIn(stsd.subarray(8)).next().value;
  if (!entry) throw new FragmentError('a track without a sample entry');
  // VisualSampleEntry: 78 bytes before the boxes that describe the codec.
  const extra = entry.body.subarray(Math.min(78, entry.body.length));
  const esds = findBox(extra, ['esds']);
  const [avcC, hvcC, av1C] = [findBox(extra, ['avcC']), findBox(extra, ['hvcC']), findBox(extra, ['av1C'])];
  return { format: entry.type, avcC, hvcC, av1C, objectType: esds ? readObjectType(esds) : null };
}

/** ES_Descriptor → DecoderConfigDescriptor → objectTypeIndication (ISO/IEC 14496-1 §7.2.6). */
function readObjectType(esds: Buffer): number | null {
  let at = 4;
  const descriptor = (): number => {
    const tag = esds.readUInt8(at++);
    while (esds.readUInt8(at++) & 0x80);
    return tag;
  };
  if (descriptor() !== 3) return null;
  const flags = esds.readUInt8(at + 2);
  at += 3;
  if (flags & 0x80) at += 2;
  if (flags & 0x40) at += 1 + esds.readUInt8(at);
  if (flags & 0x20) at += 2;
  return descriptor() === 4 ? esds.readUInt8(at) : null;
}

/**
 * The samples of one track in a `moof` payload, in decode order (ISO/IEC 14496-12 §8.8.4 to 8.8.12).
 * @param moofOffset where the box (its header) begins in the stream.
 * @param next decode time that follows the previous fragment, for a `traf` without `tfdt`.
 */
export function readRuns(moof: Buffer, moofOffset: number, track: TrackHeader, next: number): RunSample[] {
  return guarded(() => {
    const samples: RunSample[] = [];
    let end = moofOffset;
    for (const { type, body: traf } of boxesIn(moof)) {
      if (type !== 'traf') continue;
      const tfhd = need(findBox(traf, ['tfhd']), 'tfhd');
      const flags = tfhd.readUInt32BE(0) & 0xffffff;
      let at = 8;
      const u32 = (present: boolean): number | null => (present ? tfhd.readUInt32BE((at += 4) - 4) : null);
      const high = u32((flags & 1) !== 0);
      const low = u32((flags & 1) !== 0);
      u32((flags & 2) !== 0);
      const defaults: SampleDefaults = {
        duration: u32((flags & 8) !== 0) ?? track.defaults.duration,
        size: u32((flags & 0x10) !== 0) ?? track.defaults.size,
        flags: u32((flags & 0x20) !== 0) ?? track.defaults.flags,
      };
      // Without an explicit base: the moof itself where flagged or for the first track, else where the last track's data ended.
      const base = high !== null && low !== null ? high * 0x1_0000_0000 + low : flags & 0x20000 ? moofOffset : end;
      const tfdt = findBox(traf, ['tfdt']);
      const mine = tfhd.readUInt32BE(4) === track.trackId;
      let dts = tfdt ? (tfdt[0] === 1 ? Number(tfdt.readBigUInt64BE(4)) : tfdt.readUInt32BE(4)) : next;
      let offset = base;
      for (const { type: inner, body: trun } of boxesIn(traf)) {
        if (inner !== 'trun') continue;
        const run = readTrun(trun, defaults, base, offset, dts);
        offset = run.offset;
        dts = run.dts;
        if (mine) for (const sample of run.samples) samples.push(sample);
      }
      end = offset;
    }
    return samples;
  });
}

function readTrun(
  trun: Buffer,
  defaults: SampleDefaults,
  base: number,
  offset: number,
  dts: number,
): { samples: RunSample[]; offset: number; dts: number } {
  const version = trun.readUInt8(0);
  const flags = trun.readUInt32BE(0) & 0xffffff;
  const count = trun.readUInt32BE(4);
  if (count > MAX_SAMPLES) throw new FragmentError(`a run of ${count} samples`);
  let at = 8;
  if (flags & 1) {
    offset = base + trun.readInt32BE(at);
    at += 4;
  }
  let firstFlags: number | null = null;
  if (flags & 4) {
    firstFlags = trun.readUInt32BE(at);
    at += 4;
  }
  const samples: RunSample[] = [];
  const field = (bit: number, fallback: number): number => {
    if (!(flags & bit)) return fallback;
    at += 4;
    return trun.readUInt32BE(at - 4);
  };
  for (let i = 0; i < count; i++) {
    const duration = field(0x100, defaults.duration);
    const size = field(0x200, defaults.size);
    const own = field(0x400, defaults.flags);
    const sampleFlags = i === 0 && firstFlags !== null ? firstFlags : own;
    const rawCts = field(0x800, 0);
    const cts = version === 0 ? rawCts : rawCts | 0;
    samples.push({ offset, size, dts, cts, duration, keyframe: (sampleFlags & NON_SYNC_SAMPLE) === 0 });
    offset += size;
    dts += duration;
  }
  return { samples, offset, dts };
}

/** Track time to 90 kHz ticks, rounded. */
export function toTicks(time: number, timescale: number): number {
  return timescale === TICKS_PER_SECOND ? time : Math.round((time * TICKS_PER_SECOND) / timescale);
}

/** @throws FragmentError where the box is not there */
export function need(box: Buffer | null, type: string): Buffer {
  if (!box) throw new FragmentError(`no ${type} box`);
  return box;
}

/** Reads past the end of a box are the stream's fault, not ours. @throws FragmentError instead of RangeError */
export function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    // By its code: the class is another one where the runtime has several realms.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_OUT_OF_RANGE' || code === 'ERR_BUFFER_OUT_OF_BOUNDS')
      throw new FragmentError('a box is shorter than it says', { cause: error });
    throw error;
  }
}
