import { GapReason, JpegFrame } from '../../media/access-unit';

/** A picture on its way through the encoder. */
export interface QueuedPicture {
  readonly frame: JpegFrame;
  /** Why pictures before it are missing. */
  after: GapReason | undefined;
  /** Monotonic milliseconds at which it came. */
  readonly at: number;
  /** How many runs of the encoder it was given to. */
  tries: number;
}

/** A picture that two runs died of, or with, is not given to a third. */
const MAX_TRIES = 2;
/** What the way through FFmpeg may round, in 90 kHz ticks. */
const ROUNDING_TICKS = 2;

/**
 * The pictures an encoder has not given back yet: those that wait for room in its input, and those it was given. When a
 * run dies, what it was given is given to the next one, so that a killed encoder costs nothing. Bounded in bytes.
 */
export class EncoderQueue {
  private readonly waiting: QueuedPicture[] = [];
  private readonly given: QueuedPicture[] = [];
  private bytes = 0;
  private lost: GapReason | undefined;
  private droppedCount = 0;

  constructor(private readonly maxBytes: number) {}

  /** Pictures that were given up: no room, not decodable, or fatal to the encoder. */
  get dropped(): number {
    return this.droppedCount;
  }

  /** Pictures that wait or were given. */
  get count(): number {
    return this.waiting.length + this.given.length;
  }

  /** What these take, in bytes. */
  get queuedBytes(): number {
    return this.bytes;
  }

  get givenCount(): number {
    return this.given.length;
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  /**
   * When the picture came that has just `held` before it: since then the oldest one could have been given back.
   * `null` where there are no more than `held`.
   */
  owedSince(held: number): number | null {
    return (this.given[held] ?? this.waiting[held - this.given.length])?.at ?? null;
  }

  /**
   * @param reason why it is dropped if there is no room.
   * @param now monotonic milliseconds
   * @returns whether there was room.
   */
  offer(frame: JpegFrame, after: GapReason | undefined, reason: GapReason, now: number): boolean {
    if (this.bytes > 0 && this.bytes + frame.data.length > this.maxBytes) {
      this.droppedCount++;
      this.lost = reason;
      return false;
    }
    this.waiting.push({ frame, after: this.lost ?? after, at: now, tries: 0 });
    this.lost = undefined;
    this.bytes += frame.data.length;
    return true;
  }

  /** The next picture for the encoder's input. */
  next(): JpegFrame | null {
    const picture = this.waiting.shift();
    if (!picture) return null;
    picture.tries++;
    this.given.push(picture);
    return picture.frame;
  }

  /**
   * The encoder gave a picture of this time back.
   * @returns the time it had exactly, and why pictures before it are missing; `null` where it was given none such.
   */
  settle(dts: number): { readonly dts: number; readonly after: GapReason | undefined } | null {
    let after: GapReason | undefined;
    for (;;) {
      const picture = this.given[0];
      if (!picture || picture.frame.dts > dts + ROUNDING_TICKS) return null;
      this.given.shift();
      this.bytes -= picture.frame.data.length;
      if (picture.frame.dts >= dts - ROUNDING_TICKS) return { dts: picture.frame.dts, after: after ?? picture.after };
      // It went in and something later came out: it could not be decoded.
      this.droppedCount++;
      after = picture.after ?? 'packets_lost';
    }
  }

  /** The run is over: what it did not give back waits again, in its order. */
  takeBack(): void {
    const again = this.given.splice(0).filter((picture) => {
      if (picture.tries < MAX_TRIES) return true;
      this.droppedCount++;
      this.bytes -= picture.frame.data.length;
      return false;
    });
    this.waiting.unshift(...again);
  }

  /** Gives up everything. */
  clear(): void {
    this.droppedCount += this.waiting.length + this.given.length;
    this.waiting.length = this.given.length = this.bytes = 0;
  }
}
