import { BoxReader, bufferSource } from '../../media/fmp4/box-reader';
import { FragmentSample, buildFragment } from '../../media/fmp4/fragment';
import { MovieConfiguration, movieConfiguration } from '../../media/fmp4/codec-of-init';
import { buildInitSegment } from '../../media/fmp4/init-segment';
import { buildSoundFragment } from '../../media/fmp4/sound-fragment';
import { withoutSound } from '../../media/fmp4/sound-track';
import { AacConfig } from '../../media/sound/sound-format';
import { parameterSetId } from '../../media/fmp4/sps-chroma';
import { FileEnds } from '../../media/ffprobe';
import { withRate } from '../../media/h264/restate-rate';
import { MediaTools, runTool } from '../../media/media-tool';
import { Disk, DiskFile, isErrno, readFully } from '../../storage/disk';
import { FinaliseError } from './finalise-error';
import { OpenedPart, temporaryPath } from './opened-part';
import { FilmSound, filmSound } from './film-sound';
import { FilmTimes, filmTimes, Placed, Stretch } from './film-times';
import { Expected } from './gate';
import { endsOf } from './part-frames';
import { GRID_RATE } from './picture-spacing';
import { Spacing } from './sample-tables';
import { ParameterSets, listSamples, readParameterSets, transcodeArgs } from './transcode';

/** FFmpeg arguments that write fragments from stdin, as they are, into one plain MP4. */
export function remuxArgs(
  to: string,
  filter: string,
  kind: MovieConfiguration['kind'] = 'h264',
  withSound = false,
): string[] {
  return [
    ...['-v', 'error', '-y', '-protocol_whitelist', 'pipe', '-f', 'mp4', '-i', 'pipe:0', '-map', '0:v:0'],
    ...(withSound ? ['-map', '0:a:0'] : []),
    ...['-c', 'copy', ...(kind === 'h265' ? ['-tag:v', 'hvc1'] : []), '-bsf:v', filter],
    ...['-video_track_timescale', '90000', '-movflags', '+faststart'],
    ...['-f', 'mp4', `file:${to}`],
  ];
}

/** A file made of parts, and what it must be. */
interface RemuxedFile {
  readonly path: string;
  readonly ends: FileEnds;
  readonly expected: Expected;
  /** Its `ftyp` and `moov` before FFmpeg, with its parameter sets. */
  readonly init: Buffer;
  /** When its pictures are shown, in ticks, ascending. */
  readonly shown: Float64Array;
}

/** A part of the new file. */
interface Track extends Stretch {
  readonly sets: ParameterSets;
  readonly endTicks: number;
  readonly file: DiskFile;
}

/** A sample where it lies, with its times on the video's timeline. */
type Written = Omit<Placed, 'dts'> & Pick<FragmentSample, 'dts' | 'duration'>;

const MARGIN_BYTES = 16 * 1024 * 1024;
/** Room for parts of H.265 that become H.264 (at most half as efficient), and for the copy beside them. */
const ENCODED_SHARE = 4;
/** Encoding runs at a few times real time on one core; it is given twice the length and some. */
const TRANSCODE_FLOOR_MS = 120_000;
const REMUX_TIMEOUT_MS = 600_000;
const MOST_SETS = 31;
/** Of tracks of H.265, which all have the first part's init. */
const NO_SETS: ParameterSets = { sps: [], pps: [] };

/**
 * Copies a recording into one new file, for what cannot be finished in place: several parts, a reserve too small. FFmpeg reads
 * one stream of fragments that we make of the parts, each sample at its true time on the recording's timeline, so that what
 * lies between two parts stays a gap of its true length.
 */
export class Remuxer {
  constructor(
    private readonly disk: Disk,
    private readonly tools: MediaTools,
  ) {}

  /** Takes away what an earlier run left half done. */
  async removeLeftovers(folder: string): Promise<void> {
    const names = (await this.disk.list(folder).catch(unlessMissing)) ?? [];
    for (const name of names) {
      const match = /^([a-z]+(?:-\d+)?)\.tmp\.mp4$/.exec(name);
      if (match?.[1]) await this.disk.unlink(temporaryPath(folder, match[1]));
    }
  }

  /**
   * Makes the new file, durable, under a temporary name.
   * @param name of the new file, in lower-case letters; what has it is written over
   * @param spacing for players that count its pictures in steps
   * @param fits asked with when the pictures will be shown, before anything is copied
   * @returns `null` where it does not fit
   * @throws FinaliseError `disk_full` before anything is written, MediaToolError, or the file system's error
   */
  async remux(
    folder: string,
    name: string,
    parts: readonly OpenedPart[],
    spacing: Spacing,
    fits: (shown: Float64Array) => boolean,
  ): Promise<RemuxedFile | null> {
    const path = temporaryPath(folder, name);
    await this.disk.unlink(path).catch(unlessMissing);
    const bytes = parts.reduce((sum, part) => sum + part.rebuilt.index.endOffset, 0);
    // What is encoded again may grow, and lies beside the copy for a while.
    const needed = (keepsFormat(parts) ? 1 : ENCODED_SHARE) * bytes + MARGIN_BYTES;
    if ((await this.disk.freeBytes(folder)) < needed) {
      throw new FinaliseError('disk_full', 'There is not enough room to put the parts together');
    }
    const opened: DiskFile[] = [];
    try {
      const tracks = await this.tracks(folder, parts, opened);
      const times = filmTimes(tracks, spacing);
      if (!fits(times.shown)) return null;
      const end = tracks[tracks.length - 1]!.endTicks;
      const sound = filmSound(parts, times.shown[0] ?? 0, end);
      const init = await commonInit(parts[0]!, tracks, spacing, sound?.config ?? null);
      const { kind } = movieConfiguration(init);
      const args = remuxArgs(path, lastDurationFilter(times, end), kind, sound !== null);
      await this.copy(stream(init, tracks, times, end, sound), args);
      const made = await this.disk.open(path, 'update');
      await made.datasync().finally(() => made.close());
      const first = parts[0]!;
      const last = tracks[tracks.length - 1]!;
      const { first: opening, last: closing } = endsOf(first.rebuilt.index);
      const lastKeyframeSeconds = parts.length === 1 ? closing.seconds : last.startTicks / 90_000;
      const ends = { firstFrames: (opening ?? closing).frames, lastFrames: 25, lastKeyframeSeconds };
      const expected = { samples: times.dts.length, durationTicks: end, soundFrames: sound?.frames ?? 0 };
      return { path, ends, expected, init, shown: times.shown };
    } finally {
      for (const file of opened) await file.close().catch(() => undefined);
      for (let i = 0; i < parts.length; i++)
        await this.disk.unlink(temporaryPath(folder, `part-${i + 1}`)).catch(() => undefined);
    }
  }

  private async tracks(folder: string, parts: readonly OpenedPart[], opened: DiskFile[]): Promise<Track[]> {
    const tracks: Track[] = [];
    const first = parts[0]!;
    const used = new Set<number>();
    const h265 = isH265(first);
    const keeps = keepsFormat(parts);
    for (const [i, part] of parts.entries()) {
      const startTicks = part.source.startTicks - first.source.startTicks;
      const place = { startTicks, endTicks: startTicks + part.durationTicks };
      if (keeps && part.rebuilt.init.equals(first.rebuilt.init)) {
        const { init } = part.rebuilt;
        const sets = h265 ? NO_SETS : await readParameterSets(bufferSource(init), init.length);
        for (const set of [...sets.sps, ...sets.pps]) used.add(parameterSetId(set));
        tracks.push({
          ...place,
          sets,
          file: part.file,
          fragments: () => copied(part),
        });
        continue;
      }
      const id = [...Array(MOST_SETS).keys()].find((candidate) => !used.has(candidate));
      if (id === undefined) throw new FinaliseError('gate_refused', 'The camera changed its format too often');
      used.add(id);
      tracks.push({
        ...place,
        ...(await this.transcode(temporaryPath(folder, `part-${i + 1}`), part, first, id, opened)),
      });
    }
    return tracks;
  }

  private async transcode(
    path: string,
    part: OpenedPart,
    first: OpenedPart,
    parameterSet: number,
    opened: DiskFile[],
  ): Promise<Pick<Track, 'sets' | 'file' | 'fragments'>> {
    const { init } = first.rebuilt;
    const tkhd = await new BoxReader(bufferSource(init)).find(0, init.length, ['moov', 'trak', 'tkhd']);
    if (!tkhd) throw new RangeError('the init has no video track');
    const [width, height] = [init.readUInt16BE(tkhd.end - 8), init.readUInt16BE(tkhd.end - 4)];
    const timeout = TRANSCODE_FLOOR_MS + (part.durationTicks / 90) * 2;
    const { tools } = this;
    const args = transcodeArgs(part.source.path, path, { width, height, parameterSetId: parameterSet });
    await runTool(tools.clock, tools.ffmpegPath, args, { timeoutMs: timeout });
    const stored = await listSamples(tools, path, REMUX_TIMEOUT_MS);
    const file = await this.disk.open(path, 'read');
    opened.push(file);
    const sets = await readParameterSets(file, await file.size());
    // Encoded pictures come in the order they are shown; the first is shown a reorder delay after the part's zero.
    const { index } = part.rebuilt;
    let delay = Infinity;
    for (let i = 0; i < Math.min(index.sampleCount, 64); i++) {
      delay = Math.min(delay, index.dts(index.fragment(index.fragmentOf(i)), i) + index.cts(i));
    }
    const shift = Math.max(0, delay);
    return { sets, file, fragments: () => inGroups(stored, shift) };
  }

  private async copy(fragments: AsyncIterable<readonly Buffer[]>, args: readonly string[]): Promise<void> {
    const { tools } = this;
    const run = { timeoutMs: REMUX_TIMEOUT_MS, input: oneByOne(fragments) };
    await runTool(tools.clock, tools.ffmpegPath, args, run);
  }
}

async function* oneByOne(fragments: AsyncIterable<readonly Buffer[]>): AsyncGenerator<Buffer> {
  for await (const buffers of fragments) yield* buffers;
}

/**
 * A bit stream filter that says how long the last sample lasts: FFmpeg takes durations from the distance of two samples and
 * guesses the last one's. What the edit list cuts off at the beginning (the reorder delay) is added at the end.
 */
function isH265({ rebuilt: { init } }: OpenedPart): boolean {
  return movieConfiguration(init).kind === 'h265';
}

/** Formats of H.265 cannot stand in one track as those of H.264 do: where they differ, all becomes H.264. */
function keepsFormat(parts: readonly OpenedPart[]): boolean {
  const first = parts[0]!;
  return !isH265(first) || parts.every(({ rebuilt: { init } }) => init.equals(first.rebuilt.init));
}

function lastDurationFilter({ dts, cts }: FilmTimes, end: number): string {
  const last = dts.length - 1;
  const duration = Math.max(1, end - (dts[last] as number)) + Math.max(0, cts[0] as number);
  return `setts=pts=PTS:dts=DTS:duration=if(eq(N\\,${last})\\,${duration}\\,DURATION)`;
}

/** The first part's init, or, where there are several formats, one of H.264 with every track's parameter sets. */
async function commonInit(
  first: OpenedPart,
  tracks: readonly Track[],
  spacing: Spacing,
  sound: AacConfig | null,
): Promise<Buffer> {
  const { init } = first.rebuilt;
  if (tracks.every(({ sets }) => sets === NO_SETS)) return sound ? init : withoutSound(init);
  const tkhd = await new BoxReader(bufferSource(init)).find(0, init.length, ['moov', 'trak', 'tkhd']);
  if (!tkhd) throw new RangeError('the init has no video track');
  const distinct = (sets: readonly Buffer[]): Buffer[] =>
    sets.filter((set, i) => sets.findIndex((other) => other.equals(set)) === i);
  const sps = distinct(tracks.flatMap((track) => track.sets.sps));
  const config = {
    kind: 'h264' as const,
    width: init.readUInt16BE(tkhd.end - 8),
    height: init.readUInt16BE(tkhd.end - 4),
    sps: spacing.restated ? sps.map((set) => withRate(set, GRID_RATE)) : sps,
    pps: distinct(tracks.flatMap((track) => track.sets.pps)),
  };
  return buildInitSegment(config, { sound });
}

/** Fragment after fragment on the video's timeline; a sample lasts until the next, whatever lies between. */
async function* stream(
  init: Buffer,
  tracks: readonly Track[],
  { dts, cts }: FilmTimes,
  end: number,
  sound: FilmSound | null,
): AsyncGenerator<readonly Buffer[]> {
  yield [init];
  let sequence = 0;
  let sample = 0;
  for (const { fragments, file } of tracks) {
    for (const fragment of fragments()) {
      const written = fragment.map((placed, i): Written => {
        const at = dts[sample + i] as number;
        const duration = Math.max(1, (dts[sample + i + 1] ?? end) - at);
        return { ...placed, dts: at, cts: cts[sample + i] as number, duration };
      });
      sample += fragment.length;
      if (sound) yield (await sound.until(dts[sample] ?? end)).map((run) => buildSoundFragment(run, ++sequence));
      yield await fragmentOf(file, written, ++sequence);
    }
  }
}

async function fragmentOf(file: DiskFile, written: readonly Written[], sequence: number): Promise<Buffer[]> {
  const samples: FragmentSample[] = [];
  for (const { offset, size, ...sample } of written) {
    samples.push({ ...sample, data: await readFully(file, offset, size) });
  }
  return buildFragment(samples, sequence);
}

function* copied({ rebuilt: { index } }: OpenedPart): Iterable<readonly Placed[]> {
  for (let f = 0; f < index.fragmentCount; f++) {
    const fragment = index.fragment(f);
    const samples: Placed[] = [];
    let offset = fragment.dataOffset;
    for (let i = fragment.firstSample; i < fragment.endSample; i++) {
      const size = index.size(i);
      samples.push({ dts: index.dts(fragment, i), cts: index.cts(i), keyframe: index.isKeyframe(i), offset, size });
      offset += size;
    }
    yield samples;
  }
}

function* inGroups(samples: readonly Placed[], shift: number): Iterable<readonly Placed[]> {
  for (let i = 0; i < samples.length; i += 25) {
    yield samples.slice(i, i + 25).map((sample) => ({ ...sample, dts: sample.dts + shift }));
  }
}

function unlessMissing(error: unknown): undefined {
  if (!isErrno(error, 'ENOENT')) throw error;
}
