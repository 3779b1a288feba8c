import { faultPoint } from '../../common/fault-point';
import { BoxHeader, BoxReader } from '../../media/fmp4/box-reader';
import { box } from '../../media/fmp4/box-writer';
import { DiskFile, Disk, readFully, writeFully } from '../../storage/disk';
import { Clock } from '../../common/clock';
import { Chapter, chapterList } from './chapter-list';
import { SureDisk } from './sure-disk';

/**
 * `unsupported`: the file was not finished in place; `no_room`: its reserve has none for a second index with so many chapters,
 * fewer may fit. Nothing was written then.
 */
export type ChapterOutcome = 'written' | 'no_room' | 'unsupported';

const BOX_HEADER_BYTES = 8;
const MDAT_HEADER_BYTES = 16;
/** Larger than any init. */
const MAX_INIT_BYTES = 1 << 20;
/** Longer than a step of the clock that files are stamped by: at most 10 ms (`CONFIG_HZ` of Linux). */
const STAMP_MS = 20;
/** Of an index; a day at 60 pictures a second has some 40 MB. */
const MAX_MOVIE_BYTES = 1 << 27;

/** Where things lie in a finished file, see `InPlacePart`. */
interface Layout {
  /** Of the `free` box whose size says where the `moov` is. */
  readonly flipAt: number;
  /** What may be written: from behind the reserve's own header up to the header of `mdat`. */
  readonly roomAt: number;
  readonly roomEnd: number;
  /** The `moov` in force. */
  readonly movie: BoxHeader;
}

/**
 * Gives a finished file other chapters without moving a frame. The reserve has two places for a `moov`, and they take turns:
 *
 *     ftyp | free                       | moov (front) | free (padding)             | mdat …
 *     ftyp | free                         (old moov …  free …)      | moov (back)   | mdat …
 *
 * Invariant: the new one is written where the file has no meaning, is made durable, and then ONE 8-byte write, the size of the
 * first `free` box, puts it in force, which is made durable, too. Until that write the file is the old one, from it on the new
 * one, and whoever has read the old beginning finds the old `moov` whole, and every picture where it says. Every step may be
 * done again from the start, by one process at a time: two that write the same place would mix their indexes.
 */
export class ChapterWriter {
  private readonly disk: Disk;

  constructor(
    disk: Disk,
    private readonly clock: Clock,
  ) {
    this.disk = new SureDisk(disk, clock);
  }

  /**
   * @throws JournalError where the disk did not keep what it was given: then the file is whole, and must not be written again,
   * for nobody knows which of the two beginnings is on the disk. The file system's error.
   */
  async write(path: string, chapters: readonly Chapter[]): Promise<ChapterOutcome> {
    const file = await this.disk.open(path, 'update');
    try {
      const layout = await layoutOf(file);
      const movie = layout && (await withChapters(file, layout.movie, chapters));
      if (!movie) return 'unsupported';
      const at = placeOf(layout, movie.length);
      if (at === null) return 'no_room';
      await this.prepare(file, layout, movie, at);
      await this.flip(file, layout, at);
      return 'written';
    } finally {
      await file.close();
    }
  }

  private async prepare(file: DiskFile, { roomAt, roomEnd }: Layout, movie: Buffer, at: number): Promise<void> {
    // Who died after the flip may have left it unsynced: a power cut would bring back the `moov` that is written over here.
    await file.datasync();
    faultPoint('chapters.begun');
    const padding = roomEnd - at - movie.length;
    const buffers = [movie];
    if (at === roomAt && padding > 0) buffers.push(freeHeader(padding));
    await writeFully(file, buffers, at);
    faultPoint('chapters.tables');
    await file.datasync();
    faultPoint('chapters.durable');
  }

  private async flip(file: DiskFile, { flipAt }: Layout, at: number): Promise<void> {
    // A file of other bytes has another time: who resumes a download knows it by that.
    await new Promise<void>((resolve) => this.clock.after(STAMP_MS, resolve));
    await writeFully(file, [freeHeader(at - flipAt)], flipAt);
    faultPoint('chapters.flipped');
    await file.datasync();
    faultPoint('chapters.flip_durable');
  }
}

/** @returns where a `moov` of so many bytes fits without touching the one in force; `null`: nowhere */
function placeOf({ roomAt, roomEnd, movie }: Layout, bytes: number): number | null {
  const rest = BOX_HEADER_BYTES;
  if (movie.start === roomAt) {
    // At the back, and the header of the padding behind the one in force stays as it is.
    const at = roomEnd - bytes;
    return at >= movie.end + rest ? at : null;
  }
  return roomAt + bytes + rest <= movie.start ? roomAt : null;
}

/** @returns `null` for any file but one that was finished in place */
async function layoutOf(file: DiskFile): Promise<Layout | null> {
  const bytes = await file.size();
  const reader = new BoxReader(file);
  const ftyp = await reader.box(0, bytes);
  if (ftyp?.type !== 'ftyp' || ftyp.end > MAX_INIT_BYTES) return null;
  const free = await reader.box(ftyp.end, bytes);
  if (free?.type !== 'free' || free.payload - free.start !== BOX_HEADER_BYTES) return null;
  // The init's `moov` is whole but for its header; behind it stands the reserve's own.
  const reserve = await reserveIn(reader, free, bytes);
  if (!reserve) return null;
  const roomEnd = reserve.end - MDAT_HEADER_BYTES;
  const media = await reader.box(roomEnd, bytes);
  const movie = await reader.box(free.end, roomEnd);
  if (media?.type !== 'mdat' || movie?.type !== 'moov' || movie.start < reserve.payload) return null;
  if (movie.end - movie.start > MAX_MOVIE_BYTES) return null;
  return { flipAt: free.start, roomAt: reserve.payload, roomEnd, movie };
}

async function reserveIn(reader: BoxReader, free: BoxHeader, bytes: number): Promise<BoxHeader | null> {
  for await (const child of reader.walk(free.payload, bytes)) {
    if (child.start > MAX_INIT_BYTES) return null;
    if (child.type === 'free') return child;
  }
  return null;
}

/** The `moov` with other chapters. @returns `null` where it is not whole */
async function withChapters(file: DiskFile, movie: BoxHeader, chapters: readonly Chapter[]): Promise<Buffer | null> {
  const bytes = await readFully(file, movie.start, movie.end - movie.start);
  const kept: Buffer[] = [];
  let at = movie.payload - movie.start;
  while (at < bytes.length) {
    const size = at + BOX_HEADER_BYTES <= bytes.length ? bytes.readUInt32BE(at) : 0;
    if (size < BOX_HEADER_BYTES || at + size > bytes.length) return null;
    if (bytes.toString('latin1', at + 4, at + 8) !== 'udta') kept.push(bytes.subarray(at, at + size));
    at += size;
  }
  if (chapters.length > 0) kept.push(chapterList(chapters));
  return box('moov', ...kept);
}

function freeHeader(size: number): Buffer {
  const header = Buffer.alloc(BOX_HEADER_BYTES);
  header.writeUInt32BE(size, 0);
  header.write('free', 4, 'latin1');
  return header;
}
