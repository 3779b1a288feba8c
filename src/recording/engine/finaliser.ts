import { dirname } from 'node:path';
import { faultPoint } from '../../common/fault-point';
import { MediaToolError, MediaTools } from '../../media/media-tool';
import { movieConfiguration } from '../../media/fmp4/codec-of-init';
import { Disk } from '../../storage/disk';
import { FinaliseError } from './finalise-error';
import { DecodedPart, Expected, Gate, Verdict } from './gate';
import { InPlacePart, ReserveTooSmallError } from './in-place';
import { OpenedPart, PartSource } from './opened-part';
import { endsOf } from './part-frames';
import { collide, GRID_RATE, guessedRate } from './picture-spacing';
import { publish, removeFolder, sameFile } from './publish';
import { PartUnbornError, rebuildIndex } from './rebuild-index';
import { Remuxer } from './remuxer';
import { Spacing } from './sample-tables';
import { statedRate } from './stated-rate';
import { SureDisk } from './sure-disk';

/** What is to become a video. */
export interface FinaliseJob {
  /** `.recordings/<session_id>`, taken away at the end. */
  readonly folder: string;
  /** In the order they were recorded. */
  readonly parts: readonly PartSource[];
  /** Session time of the end in ticks; `null` where it was lost: the end of the last frame on disk. */
  readonly endTicks: number | null;
  /** The video's path. */
  readonly target: string;
}

/** A finished video. */
export interface FinishedVideo {
  readonly path: string;
  readonly bytes: number;
  readonly durationSeconds: number;
  readonly samples: number;
  readonly width: number;
  readonly height: number;
  readonly codec: string;
  /** `in_place`, `remuxed`, or `found` where an earlier run had published it. */
  readonly way: 'in_place' | 'remuxed' | 'found';
  /** What the decoder says of the camera's own pictures, empty as a rule. */
  readonly complaint: string;
}

/**
 * Makes one video of a recording's parts. Safe to start again after a crash at any line, because of what holds at each:
 *
 * 1. A part is a whole fragmented MP4 or, from the flip on, a whole faststart MP4 ({@link InPlacePart}).
 * 2. A flipped part is never truncated or prepared again: it goes to the gate.
 * 3. The target's name is given only to a file that passed the gate, and never taken from another ({@link publish}).
 * 4. Parts are removed only after the target is durable.
 * 5. A temporary file is nobody's: it is removed at the start.
 * 6. A sync that fails is not tried again ({@link SureDisk}).
 */
export class Finaliser {
  private readonly remuxer: Remuxer;
  private readonly disk: Disk;

  constructor(
    disk: Disk,
    tools: MediaTools,
    private readonly gate = new Gate(tools),
  ) {
    this.disk = new SureDisk(disk, tools.clock);
    this.remuxer = new Remuxer(this.disk, tools);
  }

  /**
   * @throws FinaliseError, MediaToolError, PartDamagedError, or the file system's error; nothing is lost by any of them.
   * JournalError where the disk did not keep what it was given: then it must not be tried again.
   */
  async finalise(job: FinaliseJob): Promise<FinishedVideo> {
    const found = await this.published(job);
    if (found) return found;
    await this.remuxer.removeLeftovers(job.folder);
    const parts = await this.open(job);
    try {
      const [only] = parts;
      if (!only) throw new FinaliseError('nothing_recorded', 'The recording has no frames');
      const video = parts.length === 1 ? await this.inPlace(job, only) : null;
      return video ?? (await this.remux(job, parts));
    } finally {
      for (const part of parts) await part.file.close().catch(() => undefined);
    }
  }

  /** What an earlier run left under the target's name, with the rest of its work done. */
  private async published(job: FinaliseJob): Promise<FinishedVideo | null> {
    if ((await this.disk.stat(job.target)) === null) return null;
    // One file, two names: it died between the two steps of publishing.
    for (const part of job.parts) {
      if (await sameFile(this.disk, part.path, job.target)) await publish(this.disk, part.path, job.target);
    }
    const first = job.parts[0];
    const ends = { firstFrames: 1, lastFrames: 1, lastKeyframeSeconds: 0 };
    const durationTicks = first && job.endTicks !== null ? job.endTicks - first.startTicks : null;
    const verdict = await this.gate.checkFile(job.target, ends, { samples: null, durationTicks });
    if (verdict.fault !== null) {
      throw new FinaliseError('target_exists', `The video has a file already, and ${verdict.fault}`);
    }
    return this.finish(job, verdict, 'found');
  }

  private async open(job: FinaliseJob): Promise<OpenedPart[]> {
    const opened: OpenedPart[] = [];
    try {
      for (const source of job.parts) {
        const file = await this.disk.open(source.path, 'update');
        const rebuilt = await rebuildIndex(file, source.index).catch(async (error: unknown) => {
          await file.close().catch(() => undefined);
          if (error instanceof PartUnbornError) return null;
          throw error;
        });
        if (rebuilt === null) continue;
        if (rebuilt.index.sampleCount === 0) await file.close();
        else opened.push({ source, file, rebuilt, durationTicks: 0 });
      }
    } catch (error) {
      for (const part of opened) await part.file.close().catch(() => undefined);
      throw error;
    }
    return opened.map((part, i) => {
      const { startTicks } = part.source;
      const end = opened[i + 1]?.source.startTicks ?? job.endTicks;
      const { index, finishedTicks } = part.rebuilt;
      const stated = opened.length === 1 ? finishedTicks : null;
      return {
        ...part,
        durationTicks: stated ?? (end === null ? index.endDts : Math.max(end - startTicks, index.lastDts + 1)),
      };
    });
  }

  /** @returns `null` where the part is a whole fragmented file again, but cannot be finished in place */
  private async inPlace(job: FinaliseJob, part: OpenedPart): Promise<FinishedVideo | null> {
    // Fragments stay as they are: they are decoded while the tables are written.
    const decoding = this.gate.decodePart(part, part.source.start ?? null);
    decoding.catch(() => undefined);
    const place = await InPlacePart.of(part.file, part.rebuilt, part.durationTicks);
    try {
      // It died when it was done or nearly: how its times were made fit is not known, and made anew.
      if (part.rebuilt.state === 'flipped') await place.unflip();
      await place.prepare();
      await place.flip();
    } catch (error) {
      await decoding.catch(() => undefined);
      if (error instanceof ReserveTooSmallError) return null;
      throw error;
    }
    const verdict = await this.check(part, place, decoding);
    if (verdict.fault !== null) {
      await place.unflip();
      return null;
    }
    faultPoint('gate.passed');
    await this.respace(part, place, verdict, decoding);
    await publish(this.disk, part.source.path, job.target);
    return this.finish(job, verdict, 'in_place');
  }

  private check({ source, rebuilt: { index, init } }: OpenedPart, place: InPlacePart, decoding: Promise<DecodedPart>) {
    const { durationTicks, moov } = place.movie;
    const { record } = movieConfiguration(moov);
    const configuration = record.equals(movieConfiguration(init).record) ? null : record;
    const expected: Expected = {
      samples: index.sampleCount,
      durationTicks,
      soundFrames: index.sound.frameCount,
      configuration,
    };
    return this.gate.checkPart(source.path, endsOf(index), expected, decoding);
  }

  /**
   * Players count a file's pictures in steps of a rate they guess from it. Where two of them fall on one step of that rate,
   * they are parted, and the file passes the gate again; where that does not do, it stays as it was.
   */
  private async respace(
    part: OpenedPart,
    place: InPlacePart,
    verdict: Verdict,
    decoding: Promise<DecodedPart>,
  ): Promise<void> {
    const stated = statedRate(part.rebuilt.init);
    const rate = guessedRate(verdict.probe.baseRate, verdict.probe.averageRate, stated);
    if (!(rate > 0) || !collide(place.movie.shown, rate)) return;
    await place.unflip();
    for (const spacing of partings(rate, stated, part.rebuilt.init)) {
      if (await this.passes(part, spacing, decoding)) return;
    }
    await place.prepare();
    await place.flip();
  }

  /** Finishes the part with this spacing; where pictures still fall together, it is a fragmented file again. */
  private async passes(part: OpenedPart, spacing: Spacing, decoding: Promise<DecodedPart>): Promise<boolean> {
    const place = await InPlacePart.of(part.file, part.rebuilt, part.durationTicks, spacing);
    const { shown } = place.movie;
    if (spacing.rate !== undefined && collide(shown, spacing.rate)) return false;
    try {
      await place.prepare();
    } catch (error) {
      if (error instanceof ReserveTooSmallError) return false;
      throw error;
    }
    await place.flip();
    const { fault, probe } = await this.check(part, place, decoding);
    const stated = statedRate(place.movie.moov);
    const rate = guessedRate(probe.baseRate, probe.averageRate, stated);
    if (fault === null && !(rate > 0 && collide(shown, rate))) return true;
    await place.unflip();
    return false;
  }

  private async remux(job: FinaliseJob, parts: readonly OpenedPart[]): Promise<FinishedVideo> {
    for (const part of parts) {
      // A single part may come flipped from a run whose gate said no; several never do.
      if (part.rebuilt.state !== 'flipped') continue;
      await (await InPlacePart.of(part.file, part.rebuilt, part.durationTicks)).unflip();
    }
    const { path, verdict } = await this.remuxed(job, parts);
    faultPoint('remux.passed');
    await publish(this.disk, path, job.target);
    return this.finish(job, verdict, 'remuxed');
  }

  /**
   * Puts the parts together; where pictures fall on one step of the rate that players count in, once more and parted. The
   * first file stays until then, and is the one where no other is better, or none can be made.
   */
  private async remuxed(job: FinaliseJob, parts: readonly OpenedPart[]): Promise<Copied> {
    let first = (await this.copy(job, 'remux', parts, {})) as Copied;
    const heard = parts.some((part) => part.rebuilt.index.sound.frameCount > 0);
    if (first.verdict.fault !== null && heard) {
      // Pictures first: a film without its sound is better than none.
      parts = parts.map((part) => ({ ...part, silent: true }));
      first = (await this.copy(job, 'remux', parts, {})) as Copied;
    }
    if (first.verdict.fault !== null) {
      await this.disk.unlink(first.path);
      throw new FinaliseError('gate_refused', `The finished file is not as it should be: ${first.verdict.fault}`);
    }
    if (!first.collides) return first;
    for (const spacing of partings(first.rate, first.stated, first.init)) {
      const again = await this.copy(job, 'parted', parts, spacing).catch((error: unknown) => {
        if (error instanceof MediaToolError || error instanceof FinaliseError) return null;
        throw error;
      });
      if (again?.verdict.fault === null && !again.collides) return again;
    }
    return first;
  }

  /** @returns `null` where this spacing does not do; asked before anything is copied */
  private async copy(
    job: FinaliseJob,
    name: string,
    parts: readonly OpenedPart[],
    spacing: Spacing,
  ): Promise<Copied | null> {
    const fits = (shown: Float64Array): boolean => spacing.rate === undefined || !collide(shown, spacing.rate);
    const made = await this.remuxer.remux(job.folder, name, parts, spacing, fits);
    if (made === null) return null;
    const { path } = made;
    const verdict = await this.gate.checkFile(path, made.ends, made.expected);
    const stated = statedRate(made.init);
    const rate = guessedRate(verdict.probe.baseRate, verdict.probe.averageRate, stated);
    return { path, verdict, stated, rate, init: made.init, collides: rate > 0 && collide(made.shown, rate) };
  }

  private async finish(job: FinaliseJob, verdict: Verdict, way: FinishedVideo['way']): Promise<FinishedVideo> {
    await removeFolder(this.disk, job.folder);
    faultPoint('folder.removed');
    await this.disk.syncFolder(dirname(job.folder)).catch(() => undefined);
    const { probe, complaint } = verdict;
    const bytes = (await this.disk.stat(job.target))?.bytes ?? 0;
    const { width, height, codec, samples, durationSeconds } = probe;
    return { path: job.target, bytes, durationSeconds, samples, width, height, codec, way, complaint };
  }
}

/** A file put together from parts, looked at. */
interface Copied {
  readonly path: string;
  readonly verdict: Verdict;
  /** Pictures a second, by the parameter sets; 0: they say none. */
  readonly stated: number;
  /** That players count in. */
  readonly rate: number;
  readonly init: Buffer;
  readonly collides: boolean;
}

/**
 * What to try, in this order, where pictures fall together.
 * @param rate that players count in
 * @param stated by the parameter sets; 0: they say none
 * @param init whose sets are H.264's, or stay as they are
 */
function partings(rate: number, stated: number, init: Buffer): readonly Spacing[] {
  const gridded: Spacing = { grid: true, ...(stated > 0 ? { rate: stated } : {}) };
  const restated = movieConfiguration(init).kind === 'h264' ? [{ grid: true, rate: GRID_RATE, restated: true }] : [];
  return [{ rate }, gridded, ...restated];
}
