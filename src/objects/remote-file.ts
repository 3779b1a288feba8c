import { DiskFile } from '../storage/disk';
import { AwayVideo } from './away-video';

/** Read at once: tables of a film are read in many small steps. */
const BLOCK_BYTES = 1024 * 1024;
const MOST_BLOCKS = 4;

/** A video in a storage, as a file that can be read: by ranges, of which the last few are kept. */
export class RemoteFile implements DiskFile {
  private readonly blocks = new Map<number, Buffer>();
  private readonly ending = new AbortController();

  constructor(private readonly video: AwayVideo) {}

  async read(target: Buffer, position: number): Promise<number> {
    if (position >= this.video.bytes || target.length === 0) return 0;
    const index = Math.floor(position / BLOCK_BYTES);
    const block = await this.block(index);
    return block.copy(target, 0, position - index * BLOCK_BYTES);
  }

  size(): Promise<number> {
    return Promise.resolve(this.video.bytes);
  }

  close(): Promise<void> {
    this.ending.abort(new Error('the file was closed'));
    this.blocks.clear();
    return Promise.resolve();
  }

  writev(): Promise<number> {
    return readOnly();
  }

  datasync(): Promise<void> {
    return readOnly();
  }

  truncate(): Promise<void> {
    return readOnly();
  }

  private async block(index: number): Promise<Buffer> {
    const known = this.blocks.get(index);
    if (known) return known;
    const from = index * BLOCK_BYTES;
    const range = { from, to: Math.min(this.video.bytes, from + BLOCK_BYTES) };
    const chunks: Buffer[] = [];
    for await (const chunk of this.video.read(range, this.ending.signal)) chunks.push(chunk);
    const block = Buffer.concat(chunks);
    for (const [oldest] of this.blocks) {
      if (this.blocks.size < MOST_BLOCKS) break;
      this.blocks.delete(oldest);
    }
    this.blocks.set(index, block);
    return block;
  }
}

function readOnly(): Promise<never> {
  return Promise.reject(Object.assign(new Error('what lies elsewhere is only read'), { code: 'EROFS' }));
}
