import { AAC_FRAME_SAMPLES, AacConfig, MAX_AAC_FRAME_BYTES, parseAacConfig } from '../sound/sound-format';
import { TICKS_PER_SECOND } from '../access-unit';
import { box, fullBox, text, u16, u32, u64, u8 } from './box-writer';
import { FragmentError, boxesIn, findBox } from './fragment-boxes';

/** The sound is the second track; its timescale is its sampling rate, so that a frame lasts 1024 and nothing is rounded. */
export const SOUND_TRACK_ID = 2;

/** When the sound of a finished file plays. */
export interface SoundTiming {
  readonly frames: number;
  /** Time of the first frame in ticks of 1/90000 s, counted from when the first picture is shown; below 0: before it. */
  readonly startTicks: number;
  /** Length of the film in the same ticks: sound behind it is not played. */
  readonly filmTicks: number;
}

const MAX_32 = 0xffffffff;
const MATRIX = u32(0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0, 0x40000000);

/** The `trak` of a fragmented file's sound: its samples are in the fragments. */
export function soundTrakOfInit(config: AacConfig, emptyTables: readonly Buffer[]): Buffer {
  return trak(config, { frames: 0, startTicks: 0, filmTicks: 0 }, [soundDescription(config), ...emptyTables]);
}

/** `trex` of the sound: every fragment says itself what this would say for it. */
export const SOUND_TREX = fullBox('trex', 0, 0, u32(SOUND_TRACK_ID, 1, 0, 0, 0));

/** The `trak` of a finished file's sound. @param tables `stts`, `stsz`, `stsc` and `stco` or `co64` */
export function soundTrak(config: AacConfig, timing: SoundTiming, tables: readonly Buffer[]): Buffer {
  return trak(config, timing, [soundDescription(config), ...tables]);
}

/** The sound that the second track of a `moov` of ours has; `null` where it has none. */
export function soundOfInit(init: Buffer): AacConfig | null {
  try {
    return findSound(init);
  } catch (error) {
    // Somebody else's, or none.
    if (error instanceof FragmentError) return null;
    throw error;
  }
}

function findSound(init: Buffer): AacConfig | null {
  const moov = findBox(init, ['moov']);
  for (const { type, body } of moov ? boxesIn(moov) : []) {
    if (type !== 'trak' || findBox(body, ['mdia', 'hdlr'])?.toString('latin1', 8, 12) !== 'soun') continue;
    const stsd = findBox(body, ['mdia', 'minf', 'stbl', 'stsd']);
    // Behind `stsd`'s count, the sample entry's header and an AudioSampleEntry of 28 bytes.
    const esds = stsd && findBox(stsd.subarray(8 + 8 + 28), ['esds']);
    // The one place for it: `esds` is of our own making.
    return esds && parseAacConfig(esds.subarray(CONFIG_AT, CONFIG_AT + 2));
  }
  return null;
}

/**
 * The same init for players of the pictures alone, at the same length: what it says of the sound becomes free space.
 * @returns the init itself where it has no sound
 */
export function withoutSound(init: Buffer): Buffer {
  if (soundOfInit(init) === null) return init;
  const silent = Buffer.from(init);
  const free = (at: number): void => void silent.write('free', at + 4, 4, 'latin1');
  for (const moov of placesIn(init, 0, init.length)) {
    if (moov.type !== 'moov') continue;
    for (const child of placesIn(init, moov.at + 8, moov.end)) {
      if (child.type === 'trak' && findBox(init.subarray(child.at + 8, child.end), ['mdia', 'minf', 'smhd']))
        free(child.at);
      if (child.type !== 'mvex') continue;
      for (const trex of placesIn(init, child.at + 8, child.end)) {
        if (init.readUInt32BE(trex.at + 12) === SOUND_TRACK_ID) free(trex.at);
      }
    }
  }
  return silent;
}

function* placesIn(bytes: Buffer, from: number, to: number): Generator<{ type: string; at: number; end: number }> {
  for (let at = from; at + 8 <= to;) {
    const end = at + bytes.readUInt32BE(at);
    if (end < at + 8 || end > to) return;
    yield { type: bytes.toString('latin1', at + 4, at + 8), at, end };
    at = end;
  }
}

function trak({ rate }: AacConfig, { frames, startTicks, filmTicks }: SoundTiming, stbl: readonly Buffer[]): Buffer {
  const mediaDuration = frames * AAC_FRAME_SAMPLES;
  const silent = Math.max(0, startTicks);
  const skipped = Math.round((Math.max(0, -startTicks) * rate) / TICKS_PER_SECOND);
  const played = Math.round(((mediaDuration - skipped) * TICKS_PER_SECOND) / rate);
  const shown = Math.max(0, Math.min(played, filmTicks - silent));
  return box(
    'trak',
    tkhd(silent + shown),
    ...(frames > 0 ? [edts(silent, shown, skipped)] : []),
    box(
      'mdia',
      mdhd(mediaDuration, rate),
      fullBox('hdlr', 0, 0, u32(0), text('soun'), u32(0, 0, 0), text('SoundHandler'), u8(0)),
      box(
        'minf',
        fullBox('smhd', 0, 0, u16(0, 0)),
        box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
        box('stbl', ...stbl),
      ),
    ),
  );
}

function tkhd(duration: number): Buffer {
  const long = duration > MAX_32;
  return fullBox(
    'tkhd',
    long ? 1 : 0,
    3, // enabled, in the movie
    long
      ? Buffer.concat([u64(0), u64(0), u32(SOUND_TRACK_ID, 0), u64(duration)])
      : u32(0, 0, SOUND_TRACK_ID, 0, duration),
    u32(0, 0),
    u16(0, 0, 0x0100, 0), // layer, alternate group, volume, reserved
    MATRIX,
    u32(0, 0),
  );
}

/** Nothing for a while, then the sound from a place in it (ISO/IEC 14496-12 §8.6.6). */
function edts(silent: number, shown: number, skipped: number): Buffer {
  const entry = (duration: number, time: number): Buffer => {
    const sign = time < 0 ? MAX_32 : 0;
    const long = Buffer.concat([u64(duration), u32(sign, time >>> 0)]);
    return Buffer.concat([long, u16(1, 0)]);
  };
  const entries = [...(silent > 0 ? [entry(silent, -1)] : []), entry(shown, skipped)];
  return box('edts', fullBox('elst', 1, 0, u32(entries.length), ...entries));
}

function mdhd(duration: number, rate: number): Buffer {
  const long = duration > MAX_32;
  const times = long ? Buffer.concat([u64(0), u64(0), u32(rate), u64(duration)]) : u32(0, 0, rate, duration);
  return fullBox('mdhd', long ? 1 : 0, 0, times, u16(0x55c4, 0)); // 'und'
}

/** Where the AudioSpecificConfig stands in the payload of our `esds`. */
const CONFIG_AT = 4 + 5 + 15 + 2;

/** `stsd` with one `mp4a` (ISO/IEC 14496-14 §5.6; the descriptors: 14496-1 §7.2.6). */
function soundDescription({ rate, channels, config }: AacConfig): Buffer {
  const decoder = Buffer.concat([
    u8(0x40, 0x15, 0), // AAC; an audio stream
    u16(MAX_AAC_FRAME_BYTES),
    u32(0, 0), // bit rates: not told
    u8(0x05, config.length),
    config,
  ]);
  const stream = Buffer.concat([u16(0), u8(0), u8(0x04, decoder.length), decoder, u8(0x06, 1, 2)]);
  const esds = fullBox('esds', 0, 0, u8(0x03, stream.length), stream);
  const entry = [
    Buffer.alloc(6),
    u16(1), // data reference
    u32(0, 0),
    u16(channels, 16, 0, 0),
    u32(rate * 0x10000),
    esds,
  ];
  return fullBox('stsd', 0, 0, u32(1), box('mp4a', ...entry));
}
