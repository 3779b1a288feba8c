import { TICKS_PER_SECOND } from '../../media/access-unit';
import { probeVideo } from '../../media/ffprobe';
import { movieConfiguration } from '../../media/fmp4/codec-of-init';
import { MediaToolError, MediaTools } from '../../media/media-tool';
import { Disk, DiskFile } from '../../storage/disk';
import { Gate } from './gate';
import { statedRate } from './stated-rate';
import { collide, guessedRate } from './picture-spacing';
import { IndexedFilm, indexFilm, NotTheFilmError, PlacedFilm, placeRecoded, requireSameTimes } from './recoded-film';
import { Spacing } from './sample-tables';

/** Of a film's whole length: reading its index takes some seconds. */
const PROBE_MS = 60_000;
/** Times stay as they are: a grid so fine that every time is on it. */
const AS_THEY_ARE: Spacing = { rate: TICKS_PER_SECOND };

/** A film that passed. */
export interface RecodedFilm {
  readonly bytes: number;
  readonly samples: number;
  readonly durationSeconds: number;
  /** As ffprobe calls it. */
  readonly codec: string;
}

/**
 * Puts a film that was coded anew together, and lets it pass only where it is the film it was made of: by our own index the
 * same pictures at the same times, by FFmpeg (the gate of recordings) one video stream of as many pictures and the same size
 * and length, whose both ends decode without a complaint.
 * @param paths of the film, of what FFmpeg made of it, and of the file to be written
 * @throws NotTheFilmError; FragmentError where one of them has no index that we read; MediaToolError; the file system's error
 */
export async function placeAndCheck(
  disk: Disk,
  tools: MediaTools,
  paths: { readonly original: string; readonly coded: string; readonly target: string },
  signal: AbortSignal,
): Promise<RecodedFilm> {
  const before = await probeVideo(tools, paths.original, { timeoutMs: PROBE_MS, nice: 10 });
  const files: DiskFile[] = [];
  const open = async (path: string, mode: 'read' | 'create'): Promise<DiskFile> => {
    const file = await disk.open(path, mode);
    files.push(file);
    return file;
  };
  try {
    const original = await indexFilm(await open(paths.original, 'read'));
    const source = await open(paths.coded, 'read');
    const recoded = await indexFilm(source);
    requireSameTimes(original, recoded);
    const target = await open(paths.target, 'create');
    const durationTicks = durationOf(original, before.durationSeconds);
    const gate = new Gate(tools);
    let placed: PlacedFilm | null = null;
    for (const spacing of spacings(recoded)) {
      placed = await placeRecoded(source, target, { original, recoded, durationTicks }, spacing, signal);
      await target.truncate(placed.bytes);
      // Or the name may be durable before the bytes are.
      await target.datasync();
      const { samples, ends, moov, shown } = placed;
      const { probe, fault, complaint } = await gate.checkFile(paths.target, ends, { samples, durationTicks });
      if (fault !== null || complaint !== '') throw new NotTheFilmError(fault ?? 'its pictures do not decode');
      if (probe.width !== before.width || probe.height !== before.height)
        throw new NotTheFilmError('its size is another');
      requireSameTimes(original, await indexFilm(target));
      const { durationSeconds, codec } = probe;
      const rate = guessedRate(probe.baseRate, probe.averageRate, statedRate(moov));
      if (!(rate > 0 && collide(shown, rate))) return { bytes: placed.bytes, samples, durationSeconds, codec };
    }
    throw new NotTheFilmError('players would count two of its pictures as one');
  } catch (error) {
    if (error instanceof MediaToolError && error.fileAtFault)
      throw new NotTheFilmError('it cannot be read', { cause: error });
    throw error;
  } finally {
    for (const file of files) await file.close();
  }
}

/** At least up to behind the last picture. */
function durationOf({ shown }: IndexedFilm, seconds: number): number {
  const last = (shown[shown.length - 1] ?? 0) - (shown[0] ?? 0);
  return Math.max(Math.round(seconds * TICKS_PER_SECOND), last + 1);
}

/** As the finaliser's: players count a film's pictures in steps of a rate that they guess. */
function spacings({ picture }: IndexedFilm): readonly Spacing[] {
  const gridded: Spacing = { ...AS_THEY_ARE, grid: true };
  const restated = movieConfiguration(picture).kind === 'h264' ? [{ ...gridded, restated: true }] : [];
  return [AS_THEY_ARE, gridded, ...restated];
}
