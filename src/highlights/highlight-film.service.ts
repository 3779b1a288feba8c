import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { TICKS_PER_SECOND } from '../media/access-unit';
import { FragmentError } from '../media/fmp4/fragment-boxes';
import { readMovieStretch } from '../media/fmp4/movie-stretch';
import { VideoOpener } from '../objects/video-opener.service';
import { ReviewFiles } from '../preview/review/review-files';
import { FilmCut } from '../recording/engine/cut-film';
import { fragmentStretch } from '../recording/engine/fragment-stretch';
import { RecordingLog } from '../recording/recording-log.service';
import { CourtRuntime, RecordedPart, RecordingPhase } from '../runtime/court-runtime';
import { DiskFile } from '../storage/disk';

/** The journal writes a fragment a second; later than this the camera is away, and what there is has to do. */
const PATIENCE_MS = 2_500;
const LOOK_MS = 25;
/** States in which fragments may still come. */
const GROWING: readonly RecordingPhase[] = ['starting', 'recording', 'reconnecting', 'stopping'];

/** Which stretch of whose recording; seconds from its first frame. */
export interface WantedFilm {
  readonly sessionId: string;
  readonly clubId: number;
  readonly start: number;
  readonly end: number;
  readonly exact: boolean;
}

/** Where it is to be cut from, and how. The caller closes the file. */
export interface FoundFilm {
  readonly file: DiskFile;
  readonly cut: FilmCut;
  /** Ticks on the cut's timeline at which the recording began. */
  readonly zero: number;
}

/** A recording that has no film there, or none any more. */
export class NoFilmError extends Error {}

/**
 * Finds the pictures of a stretch, whatever has become of the recording: in the journal while it is written here (as soon as
 * the newest picture is in it), in that of another process or of before a restart, or in the finished file.
 */
@Injectable()
export class HighlightFilm {
  constructor(
    private readonly runtime: CourtRuntime,
    private readonly log: RecordingLog,
    private readonly files: ReviewFiles,
    private readonly videos: VideoOpener,
    private readonly clock: Clock,
  ) {}

  /** @throws NoFilmError; FragmentError where the file is damaged; the reason of the signal */
  async find(wanted: WantedFilm, signal: AbortSignal): Promise<FoundFilm> {
    const parts = await this.growing(wanted, signal);
    const found = (parts && (await this.inParts(wanted, parts))) ?? (await this.inVideo(wanted)) ?? null;
    if (found) return found;
    // Of another process, or of one that was killed.
    const rows = await this.log.parts(wanted.sessionId);
    const read = await this.files.read(wanted, rows);
    const late = typeof read === 'string' ? null : await this.inParts(wanted, read);
    const again = late ?? (await this.inVideo(wanted));
    if (!again) throw new NoFilmError('There is no film of this stretch.');
    return again;
  }

  /** What this process knows of a recording, once the end of the stretch is in it; `null`: nothing. */
  private async growing({ sessionId, end }: WantedFilm, signal: AbortSignal): Promise<readonly RecordedPart[] | null> {
    const until = this.clock.monotonic() + PATIENCE_MS;
    for (;;) {
      signal.throwIfAborted();
      const facts = this.runtime.recording(sessionId);
      const parts = facts && this.runtime.recorded(sessionId, { part: 1, fragment: 0 });
      if (!facts || !parts) return null;
      const enough = parts.length > 0 && endOf(parts) >= end * TICKS_PER_SECOND;
      if (enough || !GROWING.includes(facts.phase) || this.clock.monotonic() >= until) return parts;
      await new Promise<void>((resolve) => this.clock.after(LOOK_MS, resolve));
    }
  }

  private async inParts(wanted: WantedFilm, parts: readonly RecordedPart[]): Promise<FoundFilm | null> {
    const [first] = parts;
    if (!first) return null;
    const { part, from, to } = longestShare(parts, first.startTicks, wanted);
    const file = await this.files.open(wanted, { number: part.part, ...part });
    if (typeof file === 'string') return null;
    try {
      // A film begins when its first picture is shown, which may be later than it is decoded.
      const [opening] = await fragmentStretch(file, part.fragments.slice(0, 1), 0, 0);
      const shown = opening?.cts ?? 0;
      const samples = await fragmentStretch(file, part.fragments, from + shown, to + shown);
      if (samples.length === 0) throw new NoFilmError('There is no picture in this stretch.');
      const ftyp = part.init.subarray(0, part.init.readUInt32BE(0));
      const cut = { ftyp, picture: part.init, samples, from: from + shown, to: to + shown, exact: wanted.exact };
      return { file, cut, zero: first.startTicks - part.startTicks + shown };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private async inVideo({ clubId, sessionId, start, end, exact }: WantedFilm): Promise<FoundFilm | null> {
    const video = await this.videos.open(clubId, sessionId);
    if (!video) return null;
    try {
      const [from, wantedTo] = [start, end].map((seconds) => Math.round(seconds * TICKS_PER_SECOND)) as [
        number,
        number,
      ];
      const stretch = await readMovieStretch(video.file, video.entry.bytes, from, wantedTo);
      const to = Math.min(wantedTo, stretch.endTicks);
      return { file: video.file, cut: { ...stretch, from, to, exact }, zero: 0 };
    } catch (error) {
      await video.file.close();
      throw error;
    }
  }
}

/** What a damaged file is for who asked. */
export function isHopeless(error: unknown): boolean {
  return error instanceof NoFilmError || error instanceof FragmentError || error instanceof RangeError;
}

/** Where the last fragment ends, in ticks from the recording's beginning. */
function endOf(parts: readonly RecordedPart[]): number {
  const last = parts.findLast(({ fragments }) => fragments.length > 0);
  const fragment = last?.fragments[last.fragments.length - 1];
  if (!last || !fragment) return 0;
  return last.startTicks - (parts[0] as RecordedPart).startTicks + fragment.dts + fragment.duration;
}

/**
 * A camera that changed its format began another part, which no player puts behind the first one: the highlight is of the part
 * that has the most of it, and says which stretch that is.
 */
function longestShare(
  parts: readonly RecordedPart[],
  zero: number,
  { start, end }: WantedFilm,
): { part: RecordedPart; from: number; to: number } {
  const shares = parts
    .filter(({ fragments }) => fragments.length > 0)
    .map((part) => {
      const shift = zero - part.startTicks;
      const last = part.fragments[part.fragments.length - 1]!;
      const from = Math.max(Math.round(start * TICKS_PER_SECOND) + shift, 0);
      const to = Math.min(Math.round(end * TICKS_PER_SECOND) + shift, last.dts + last.duration);
      return { part, from, to };
    });
  const [best] = shares.sort((a, b) => b.to - b.from - (a.to - a.from));
  if (!best) throw new NoFilmError('Nothing has been recorded yet.');
  return best;
}
