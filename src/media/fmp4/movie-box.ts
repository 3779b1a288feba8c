import { TICKS_PER_SECOND } from '../access-unit';
import { box, fullBox, text, u16, u32, u64, u8 } from './box-writer';

/** What a track's header needs to know of its pictures. */
export interface TrackPicture {
  /** Displayed size in pixels. */
  readonly width: number;
  readonly height: number;
  /** The whole `stsd` box. */
  readonly stsd: Buffer;
}

/** When the video track plays, in ticks of 1/90000 s. */
export interface TrackTiming {
  /** Sum of the samples' durations. 0 for a fragmented file. */
  readonly mediaDuration: number;
  /** What a player shows. At least the media duration. */
  readonly presentationDuration: number;
  /** Presentation time of the first picture on the media's timeline; an edit list takes it off where it is not 0. */
  readonly mediaStart: number;
}

/** What a `moov` may have besides its video track. */
export interface MovieExtras {
  /** The whole `trak` box of the sound, track 2. */
  readonly sound?: Buffer | undefined;
  /** A box behind the tracks: `mvex`. */
  readonly extension?: Buffer;
}

/** The unity matrix of `mvhd` and `tkhd` (ISO/IEC 14496-12 §8.2.2). */
const MATRIX = u32(0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0, 0x40000000);
const MAX_32 = 0xffffffff;
const TRACK_ID = 1;

/**
 * A `moov` with one video track of 90 kHz, and perhaps one of sound. Movie and media share that timescale, so that no time is ever rounded.
 * Creation times are 0: equal input gives equal bytes, which is how a journal knows its own init again.
 */
export function movieBox(
  picture: TrackPicture,
  timing: TrackTiming,
  sampleTables: readonly Buffer[],
  { sound, extension }: MovieExtras = {},
): Buffer {
  const tracks = [trak(picture, timing, sampleTables), ...(sound ? [sound] : [])];
  return box('moov', mvhd(timing.presentationDuration, tracks.length), ...tracks, ...(extension ? [extension] : []));
}

function mvhd(duration: number, tracks: number): Buffer {
  return fullBox(
    'mvhd',
    duration > MAX_32 ? 1 : 0,
    0,
    duration > MAX_32
      ? Buffer.concat([u64(0), u64(0), u32(TICKS_PER_SECOND), u64(duration)])
      : u32(0, 0, TICKS_PER_SECOND, duration),
    u32(0x00010000), // rate 1.0
    u16(0x0100, 0), // volume 1.0, reserved
    u32(0, 0),
    MATRIX,
    u32(0, 0, 0, 0, 0, 0),
    u32(tracks + 1),
  );
}

function trak(picture: TrackPicture, timing: TrackTiming, sampleTables: readonly Buffer[]): Buffer {
  const parts = [tkhd(picture, timing.presentationDuration)];
  if (timing.mediaStart !== 0) parts.push(edts(timing));
  return box('trak', ...parts, mdia(picture, timing.mediaDuration, sampleTables));
}

function tkhd(picture: TrackPicture, duration: number): Buffer {
  const long = duration > MAX_32;
  return fullBox(
    'tkhd',
    long ? 1 : 0,
    3, // enabled, in the movie
    long ? Buffer.concat([u64(0), u64(0), u32(TRACK_ID, 0), u64(duration)]) : u32(0, 0, TRACK_ID, 0, duration),
    u32(0, 0),
    u16(0, 0, 0, 0), // layer, alternate group, volume (0: not sound), reserved
    MATRIX,
    u32(picture.width * 0x10000, picture.height * 0x10000),
  );
}

function edts({ presentationDuration, mediaStart }: TrackTiming): Buffer {
  const long = presentationDuration > MAX_32 || mediaStart > 0x7fffffff;
  const times = long
    ? Buffer.concat([u64(presentationDuration), u64(mediaStart)])
    : u32(presentationDuration, mediaStart);
  return box('edts', fullBox('elst', long ? 1 : 0, 0, u32(1), times, u16(1, 0)));
}

function mdia(picture: TrackPicture, duration: number, sampleTables: readonly Buffer[]): Buffer {
  const long = duration > MAX_32;
  const times = long
    ? Buffer.concat([u64(0), u64(0), u32(TICKS_PER_SECOND), u64(duration)])
    : u32(0, 0, TICKS_PER_SECOND, duration);
  return box(
    'mdia',
    fullBox('mdhd', long ? 1 : 0, 0, times, u16(0x55c4, 0)), // 'und'
    fullBox('hdlr', 0, 0, u32(0), text('vide'), u32(0, 0, 0), text('VideoHandler'), u8(0)),
    box(
      'minf',
      fullBox('vmhd', 0, 1, u16(0, 0, 0, 0)),
      box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
      box('stbl', picture.stsd, ...sampleTables),
    ),
  );
}
