import { TICKS_PER_SECOND } from '../media/access-unit';
import { SoundPiece } from './sources/stream-source';

const TICKS_PER_MS = TICKS_PER_SECOND / 1000;
/** The network only ever delays: what came quickest within this long is what the clocks are compared by. */
const WINDOW_MS = 4_000;
/** A camera's word on how its clocks belong together is believed so far from what arrival says: some tell fairy tales. */
const BELIEVED_MS = 500;
/** Beyond it, the sound's clock jumped, or the network stood still. */
const JUMP_MS = 1_000;
/** What is late for longer than this is not a burst on its way. */
const PATIENCE_MS = 1_500;

/** Where the pictures are, as far as sound needs to know. */
export interface PictureTimes {
  /** {@link Clock.monotonic} milliseconds of session time zero; `undefined` before the first picture. */
  readonly origin: number | undefined;
  /** How much later than they come they are shown, in milliseconds. */
  readonly delay: number;
  /** Session milliseconds of a moment on the camera's picture clock; `null` where that cannot be said just now. */
  timeOfStamp(stamp: number): number | null;
}

/**
 * Places sound on the session's timeline: with the pictures, where the camera says by its sender reports which picture a sound
 * belongs to, else by when it came. Within a connection the sound's own spacing holds.
 */
export class SoundClock {
  /** Session time minus the sound's own, in milliseconds: the least of this window and of the one before. */
  private least = Infinity;
  private leastBefore = Infinity;
  private windowSince = 0;
  private lastStamp: number | null = null;
  private lateSince: number | null = null;

  constructor(private readonly pictures: PictureTimes) {}

  /** Another connection: the clock may be another one. */
  restart(): void {
    this.least = this.leastBefore = Infinity;
    this.lastStamp = null;
    this.lateSince = null;
  }

  /**
   * @param pictureStamp the same moment on the pictures' clock, `null` where nobody knows
   * @param arrival {@link Clock.monotonic}
   * @returns session ticks of the first sample; `null` before the session has a picture
   */
  place({ stamp, duration }: SoundPiece, pictureStamp: number | null, arrival: number): number | null {
    const { origin, delay } = this.pictures;
    if (origin === undefined) return null;
    const own = stamp / TICKS_PER_MS;
    // It was sent when its last sample had been heard.
    const byArrival = own + this.offset(own, arrival - origin + delay - duration / TICKS_PER_MS, arrival);
    const byPictures = pictureStamp === null ? null : this.pictures.timeOfStamp(pictureStamp);
    const believed = byPictures !== null && Math.abs(byPictures - byArrival) <= BELIEVED_MS;
    return Math.round((believed ? byPictures : byArrival) * TICKS_PER_MS);
  }

  private offset(own: number, at: number, arrival: number): number {
    const offset = at - own;
    const wentBack = this.lastStamp !== null && own <= this.lastStamp;
    this.lastStamp = own;
    if (wentBack) this.least = this.leastBefore = Infinity;
    const known = Math.min(this.least, this.leastBefore);
    if (offset - known > JUMP_MS) {
      this.lateSince ??= arrival;
      if (arrival - this.lateSince <= PATIENCE_MS) return known;
      this.least = this.leastBefore = Infinity;
    }
    this.lateSince = null;
    if (this.least === Infinity) this.windowSince = arrival;
    if (arrival - this.windowSince > WINDOW_MS) {
      this.leastBefore = this.least;
      this.least = Infinity;
      this.windowSince = arrival;
    }
    this.least = Math.min(this.least, offset);
    return Math.min(this.least, this.leastBefore);
  }
}
