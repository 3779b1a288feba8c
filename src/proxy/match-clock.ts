import { TICKS_PER_SECOND } from '../media/access-unit';
import { CameraClock } from './camera-clock';

const TICKS_PER_MS = TICKS_PER_SECOND / 1000;

/**
 * Two cameras of one court differ by less than this in how long a picture is under way: encoders take 50 to 300 ms, a club's
 * network a few, its wireless bridges up to 100. Clocks that say more are not set alike. At the end of a recording pictures are
 * missing for so long, and more than half a second would be a gap.
 */
const FURTHEST_WAY_MS = 400;
/** Weight of the newest picture's way. */
const WAY_WEIGHT = 1 / 100;
/** The camera's own spacing holds while pictures are this near to their place, and again once they are back. */
const WAKE_MS = 8;
const SETTLED_MS = 1;
/** Else they move towards it by this part of their distance, which nobody sees: 160 ms in 3 s. */
const SLEW = 0.05;

/** How far session time is from the wall clock that a camera tells of, in milliseconds. */
export interface ClockOffset {
  readonly ms: number;
  /** Not only by a first report of a camera of which nothing else is known. */
  readonly sure: boolean;
}

/** Where the match's clock puts a picture, in milliseconds of session time. */
export interface Told {
  readonly at: number;
  readonly sure: boolean;
}

/**
 * The clock of a match for the camera of another angle: what it took lies where the reference camera's pictures of the same
 * moment lie, by the two cameras' wall clocks. How much longer its pictures are under way than the reference's is learned
 * meanwhile, so that they stay in place while a camera does not tell its clock.
 */
export class MatchClock {
  private difference: number | undefined;
  private slewing = false;

  /** @param reference of the camera that this one follows, as it is now */
  constructor(
    private readonly reference: () => ClockOffset | undefined,
    private readonly camera: CameraClock,
  ) {}

  /** By how much longer pictures of this camera are under way, in milliseconds; 0 until it is known. */
  get way(): number {
    return this.difference ?? 0;
  }

  /**
   * @param stamp the picture's decode stamp
   * @param arrived session time of its arrival, in milliseconds
   * @param honest the camera's stamps are known to run true, even if only one report has come
   * @returns `undefined` where a camera does not tell its clock, or the clocks are not set alike
   */
  tell(stamp: number, arrived: number, honest: boolean): Told | undefined {
    const wall = this.camera.wallAt(stamp);
    const offset = wall === undefined ? undefined : this.reference();
    if (wall === undefined || offset === undefined) return undefined;
    const at = wall + offset.ms;
    const way = arrived - at;
    if (Math.abs(way) > FURTHEST_WAY_MS) return undefined;
    const sure = offset.sure && (honest || this.camera.sure);
    if (this.difference === undefined) this.difference = way;
    else if (sure) this.difference += (way - this.difference) * WAY_WEIGHT;
    return { at, sure };
  }

  /**
   * Where a picture goes, in milliseconds.
   * @param last where the one before is
   * @param stampStep ticks between the two
   */
  follow(last: number, stampStep: number, { at }: Told): number {
    const step = stampStep / TICKS_PER_MS;
    const error = at - (last + step);
    this.slewing = Math.abs(error) > (this.slewing ? SETTLED_MS : WAKE_MS);
    if (!this.slewing) return last + step;
    const most = step * SLEW;
    return last + step + Math.min(most, Math.max(-most, error));
  }
}
