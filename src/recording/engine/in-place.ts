import { faultPoint } from '../../common/fault-point';
import { DiskFile, writeFully } from '../../storage/disk';
import { FinishedMovie, finishedMovie, Spacing } from './sample-tables';
import { RebuiltPart } from './rebuild-index';

/** Why a part cannot be finished in place: its reserve has no room for the `moov`. */
export class ReserveTooSmallError extends Error {
  constructor(needed: number, room: number) {
    super(`the index takes ${needed} bytes, the reserve has ${room}`);
    this.name = 'ReserveTooSmallError';
  }
}

const MDAT_HEADER_BYTES = 16;
const BOX_HEADER_BYTES = 8;

/**
 * Turns a fragmented part into a faststart MP4 without moving a frame:
 *
 *     ftyp | moov (init) | free (reserve                              ) | moof mdat | moof mdat …
 *     ftyp | free                | moov | free (padding) | mdat header  (moof mdat   moof mdat … )
 *
 * Invariant: until the one 8-byte write of {@link flip}, everything new lies inside the reserve, and the file is a whole
 * fragmented MP4; from it on, it is a whole faststart MP4. It is written after everything else is durable. Every step may be
 * done again from the start, before the flip.
 */
export class InPlacePart {
  private constructor(
    private readonly file: DiskFile,
    private readonly part: RebuiltPart,
    readonly movie: FinishedMovie,
  ) {}

  /**
   * @param endTicks end of the recording on the part's timeline
   * @param spacing for players that count its pictures in steps
   */
  static async of(file: DiskFile, part: RebuiltPart, endTicks: number, spacing?: Spacing): Promise<InPlacePart> {
    return new InPlacePart(file, part, await finishedMovie(part.init, part.index, endTicks, spacing));
  }

  /** Offset of the init's `moov`, of the reserve's payload, and of the first fragment. */
  private get moovAt(): number {
    return this.part.init.readUInt32BE(0);
  }

  private get roomAt(): number {
    return this.part.init.length + BOX_HEADER_BYTES;
  }

  private get fragmentsAt(): number {
    return this.part.init.length + this.part.reserveBytes;
  }

  /**
   * Writes `moov`, padding and `mdat` header into the reserve and makes them durable. Cuts what stands behind the last
   * whole fragment.
   * @throws ReserveTooSmallError before anything is written
   */
  async prepare(): Promise<void> {
    const { moov } = this.movie;
    const mdatAt = this.fragmentsAt - MDAT_HEADER_BYTES;
    const room = mdatAt - this.roomAt;
    const padding = room - moov.length;
    // A box has at least its header: a rest of 1 to 7 bytes cannot be filled.
    if (padding !== 0 && padding < BOX_HEADER_BYTES) throw new ReserveTooSmallError(moov.length, room);
    await this.file.truncate(this.part.index.endOffset);
    faultPoint('prepare.truncated');
    const buffers = [moov];
    if (padding > 0) buffers.push(boxHeader(padding, 'free'));
    await writeFully(this.file, buffers, this.roomAt);
    faultPoint('prepare.tables');
    const header = Buffer.alloc(MDAT_HEADER_BYTES);
    header.writeUInt32BE(1, 0);
    header.write('mdat', 4, 'latin1');
    header.writeBigUInt64BE(BigInt(this.part.index.endOffset - mdatAt), 8);
    await writeFully(this.file, [header], mdatAt);
    faultPoint('prepare.header');
    await this.file.datasync();
    faultPoint('prepare.durable');
  }

  /** The one write: the init's `moov` and the reserve's header become a `free` box that ends where the new `moov` begins. */
  async flip(): Promise<void> {
    await writeFully(this.file, [boxHeader(this.roomAt - this.moovAt, 'free')], this.moovAt);
    faultPoint('flip.written');
    await this.file.datasync();
    faultPoint('flip.durable');
  }

  /** Takes the flip back: the file is a whole fragmented MP4 again. */
  async unflip(): Promise<void> {
    await writeFully(this.file, [boxHeader(this.part.init.length - this.moovAt, 'moov')], this.moovAt);
    faultPoint('unflip.written');
    await this.file.datasync();
    faultPoint('unflip.durable');
  }
}

function boxHeader(size: number, type: string): Buffer {
  const header = Buffer.alloc(BOX_HEADER_BYTES);
  header.writeUInt32BE(size, 0);
  header.write(type, 4, 'latin1');
  return header;
}
