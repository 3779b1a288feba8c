import { AAC_FRAME_SAMPLES } from '../../media/sound/sound-format';
import { Column } from './column';

/** Frames of sound in a row in a part's file. */
export interface SoundChunk {
  /** Where the first one begins. */
  readonly offset: number;
  /** First and one past the last frame, counted through the part. */
  readonly firstFrame: number;
  readonly endFrame: number;
}

/**
 * Where every frame of a part's sound lies. They follow each other without a hole, so a frame's time is its number: 2 bytes a
 * frame and 12 a chunk, which for 90 minutes of 48 kHz is half a megabyte.
 */
export class SoundIndex {
  private readonly sizes = new Column((n) => new Uint16Array(n), 12);
  private readonly offsets = new Column((n) => new Float64Array(n), 8);
  private readonly firsts = new Column((n) => new Uint32Array(n), 8);

  /** Time of the first frame in samples on the part's timeline. */
  start = 0;
  frameCount = 0;
  chunkCount = 0;

  /** Where the next frame goes, in samples on the part's timeline; `null`: it is the first. */
  get next(): number | null {
    return this.frameCount === 0 ? null : this.start + this.frameCount * AAC_FRAME_SAMPLES;
  }

  /** Whether frames that begin there follow what is there. */
  continuesAt(position: number): boolean {
    return this.next === null || this.next === position;
  }

  /** Adds frames that lie one behind the other; see {@link continuesAt}. */
  addChunk(position: number, offset: number, sizes: readonly number[]): void {
    if (this.frameCount === 0) this.start = position;
    const chunk = this.chunkCount++;
    this.offsets.set(chunk, offset);
    this.firsts.set(chunk, this.frameCount);
    for (const size of sizes) this.sizes.set(this.frameCount++, size);
  }

  chunk(i: number): SoundChunk {
    const endFrame = i + 1 < this.chunkCount ? this.firsts.get(i + 1) : this.frameCount;
    return { offset: this.offsets.get(i), firstFrame: this.firsts.get(i), endFrame };
  }

  /** Numbers of the chunks that lie between two offsets of the file: the first, and one past the last. */
  chunksBetween(from: number, to: number): readonly [number, number] {
    return [this.chunkFrom(from), this.chunkFrom(to)];
  }

  private chunkFrom(offset: number): number {
    let low = 0;
    for (let high = this.chunkCount; low < high;) {
      const middle = (low + high) >> 1;
      if (this.offsets.get(middle) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  size(frame: number): number {
    return this.sizes.get(frame);
  }

  /** Memory held by the tables. */
  get bytes(): number {
    return this.sizes.bytes + this.offsets.bytes + this.firsts.bytes;
  }
}
