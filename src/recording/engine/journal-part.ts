import { join } from 'node:path';
import { faultPoint } from '../../common/fault-point';
import { isOverloaded } from '../../common/to-problem';
import { VideoConfig } from '../../media/access-unit';
import { RunFrame, buildRun } from '../../media/fmp4/fragment';
import { buildInitSegment } from '../../media/fmp4/init-segment';
import { SoundRun, buildSoundFragment } from '../../media/fmp4/sound-fragment';
import { AAC_FRAME_SAMPLES, AacConfig } from '../../media/sound/sound-format';
import { Disk, DiskFile, writeFully } from '../../storage/disk';
import { PART_NOTE_BYTES, partNote } from './part-note';
import { SampleIndex } from './sample-index';

/** Where a part stands: what a database row keeps of it, and what a resumed or finished recording is read from. */
export interface PartInfo {
  /** From 1. */
  readonly number: number;
  readonly path: string;
  /** `ftyp` + `moov`. */
  readonly init: Buffer;
  /** Session time of its first frame in ticks: zero of its own timeline. */
  readonly startTicks: number;
  /** Size of the `free` box after the init, its header included. */
  readonly reserveBytes: number;
}

/** Worst case of one sample in `stts`, `ctts`, `stss` and `stsz`; `stsc` and `stco` are by fragment. */
const TABLE_BYTES_A_FRAME = 24;
/** Of sound in `stsc` and `co64`: a chunk each with the fragments of pictures, of which a camera's keyframes may make a few. */
const SOUND_BYTES_A_SECOND = 2 * 20;
const RESERVE_FLOOR = 64 * 1024;
const ZEROS = Buffer.alloc(256 * 1024);
/** As many as one `writev` takes. */
const ZEROS_AT_ONCE = 512;

/**
 * Size of the reserve for a recording: twice what its sample tables can take, so that it can be extended to double its length,
 * or get a second `moov` later.
 * @param fps what the camera gives, `null` where unknown (60 is assumed)
 * @param sound its sound, where that is recorded
 */
export function reserveBytes(plannedSeconds: number, fps: number | null, sound: AacConfig | null = null): number {
  const frames = Math.ceil(plannedSeconds * (fps !== null && fps > 0 ? fps : 60));
  const ofSound = sound ? plannedSeconds * ((sound.rate / AAC_FRAME_SAMPLES) * 4 + SOUND_BYTES_A_SECOND) : 0;
  return Math.min(2 * (TABLE_BYTES_A_FRAME * frames + Math.ceil(ofSound)) + RESERVE_FLOOR, 0xffff_ffff);
}

/** Path of a part of a recording. */
export function partPath(folder: string, number: number): string {
  return join(folder, `part-${number}.mp4`);
}

/**
 * One growing file, `ftyp | moov | free (reserve) | moof mdat | moof mdat | …`, of one codec configuration. Every fragment
 * (with sound, `moof mdat` of that and `moof mdat` of the pictures) is one write at the end of the last whole one, so a failed or half-done write leaves the file playable.
 */
export class JournalPart {
  private sequence: number;
  /** Fragments and samples written, on the part's own timeline. */
  readonly index: SampleIndex;
  private folderSynced = false;

  private constructor(
    private readonly disk: Disk,
    private readonly file: DiskFile,
    readonly info: PartInfo,
    index: SampleIndex,
  ) {
    this.index = index;
    this.sequence = index.fragmentCount;
  }

  /** Makes a new part with its init and reserve. @throws what the file system throws (`EEXIST`, `ENOSPC`, …) */
  static async create(
    disk: Disk,
    folder: string,
    number: number,
    config: VideoConfig,
    startTicks: number,
    reserve: number,
    sound: AacConfig | null = null,
  ): Promise<JournalPart> {
    const init = buildInitSegment(config, { sound });
    const path = partPath(folder, number);
    const info = { number, path, init, startTicks, reserveBytes: reserve };
    const file = await disk.open(path, 'create');
    faultPoint('part.made');
    try {
      const header = Buffer.from([0, 0, 0, 0, 0x66, 0x72, 0x65, 0x65]);
      header.writeUInt32BE(reserve, 0);
      const end = init.length + reserve;
      const note = reserve >= header.length + PART_NOTE_BYTES ? partNote(startTicks) : Buffer.alloc(0);
      await writeFully(file, [init, header, note], 0);
      for (let at = init.length + header.length + note.length; at < end;) {
        const zeros: Buffer[] = [];
        let bytes = 0;
        while (at + bytes < end && zeros.length < ZEROS_AT_ONCE) {
          const piece = ZEROS.subarray(0, Math.min(ZEROS.length, end - at - bytes));
          zeros.push(piece);
          bytes += piece.length;
        }
        await writeFully(file, zeros, at);
        at += bytes;
      }
      faultPoint('part.reserved');
      const index = new SampleIndex();
      index.endOffset = end;
      return new JournalPart(disk, file, info, index);
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
  }

  /** Goes on with a part whose index was rebuilt, behind its last whole fragment. */
  static async reopen(disk: Disk, info: PartInfo, index: SampleIndex): Promise<JournalPart> {
    const file = await disk.open(info.path, 'update');
    try {
      await file.truncate(index.endOffset);
      return new JournalPart(disk, file, info, index);
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
  }

  /**
   * Writes frames in a row, and the sound that has come by now before them, as one fragment; the index has them once all bytes
   * are written.
   * @param end session time at which the last frame ends
   * @returns bytes written
   */
  async write(frames: readonly RunFrame[], end: number, sound: readonly SoundRun[] = []): Promise<number> {
    const zero = this.info.startTicks;
    const heard = sound.map((run) => buildSoundFragment(run, ++this.sequence));
    const pictures = buildRun(frames, end, zero, ++this.sequence);
    const offset = this.index.endOffset;
    await writeFully(this.file, heard.length > 0 ? [...heard, ...pictures] : pictures, offset);
    let at = offset;
    heard.forEach((bytes, i) => this.hear(sound[i]!, (at += bytes.length)));
    this.index.beginFragment(frames[0]!.dts - zero, offset, at - offset + pictures[0]!.length);
    for (let i = 0; i < frames.length; i++) {
      const frame = frames[i]!;
      const next = i + 1 < frames.length ? frames[i + 1]!.dts : end;
      this.index.addSample(frame.dts - zero, next - frame.dts, frame.data.length, frame.cts, frame.keyframe);
    }
    return this.index.endOffset - offset;
  }

  /** @param end of the fragment with these frames, in the file */
  private hear({ position, frames }: SoundRun, end: number): void {
    const sizes = frames.map(({ length }) => length);
    const data = sizes.reduce((sum, size) => sum + size, 0);
    this.index.sound.addChunk(position, end - data, sizes);
  }

  /** Makes what is written durable; the first time its name too. */
  async sync(): Promise<void> {
    await this.file.datasync();
    if (this.folderSynced) return;
    try {
      await this.disk.syncFolder(join(this.info.path, '..'));
      this.folderSynced = true;
    } catch (error) {
      // The folder could not even be opened: the next sync tries again.
      if (!isOverloaded(error)) throw error;
    }
  }

  /** Cuts off what a failed write left behind the last whole fragment. */
  async dropTail(): Promise<void> {
    await this.file.truncate(this.index.endOffset);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
