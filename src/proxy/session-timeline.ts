import { CameraClock } from './camera-clock';
import { ANGLE_WAKE_MS, CameraSpeed } from './camera-speed';
import { JpegPace, Placed } from './jpeg-pace';
import { ClockOffset, MatchClock } from './match-clock';
import { PresentationOrder } from './presentation-order';
import {
  AccessUnit,
  Frame,
  GapReason,
  JpegFrame,
  JpegPicture,
  TICKS_PER_SECOND,
  VideoAccessUnit,
} from '../media/access-unit';

const TICKS_PER_MS = TICKS_PER_SECOND / 1000;

/** A step of the camera's clock that differs from the wall's by more than this is a fault of the clock, not a pause. */
const JUMP_MS = 1000;
/** A picture may be late by any time, but never this early: a stamp ahead of the wall's clock is a smaller jump forward. */
const EARLY_MS = 250;
/** A connection's first pictures are held at most this long, and only while they come faster than they were taken. */
const MAX_HOLD_MS = 300;
/** With no further picture for this long the burst is over. Callers drive it: {@link SessionTimeline.flush}. */
export const HOLD_QUIET_MS = 60;
const MAX_HOLD_BYTES = 8 * 1024 * 1024;
/** Pictures that lag the clock by more than a jump for this long are not a burst on its way: time has passed. */
const LAG_PATIENCE_MS = 1500;

/** Where a timeline begins. */
export interface TimelineStart {
  /** {@link Clock.monotonic} milliseconds of session time zero, where another camera's timeline began it. */
  readonly zero?: number;
  /** What a camera's clock is that this one's is to follow, as it is now; that one is {@link SessionTimeline.offset}. */
  readonly reference?: () => ClockOffset | undefined;
  readonly resumed?: ResumedTimeline;
}

/** Where the timeline of a session stands that began in another process. */
export interface ResumedTimeline {
  /** {@link Clock.monotonic} milliseconds of session time zero. */
  readonly zero: number;
  /** Session time up to which pictures are known; later ones lie behind it. -1: none. */
  readonly lastTicks: number;
}

/** A picture with a time on the camera's clock. */
type TimedUnit = VideoAccessUnit | (JpegPicture & { readonly dts: number });

interface Held {
  readonly unit: TimedUnit;
  readonly arrival: number;
}

/**
 * A session's clock: monotonic, zero at the session's first frame. It places each picture of each connection on it.
 *
 * - The first picture of a connection is anchored at *now*, so an outage becomes a gap of true length. Where the camera
 *   opens with a burst of older pictures (the last GOP), the burst's newest picture is *now* and the others lie before it.
 * - Within a connection the camera's own spacing holds, and a second-order control loop slews it to the clock: a camera
 *   that says 25 pictures a second and sends 21 plays at true speed, without the jitter of the network.
 * - Only a jump of the camera's clock (more than a second at once, or backwards) re-anchors, and that is no gap.
 * - Decode times strictly increase, whatever the camera says.
 * - Another camera of a match has the zero of the first one's clock, and follows it: see {@link MatchClock}.
 *
 * Times in and out of the methods are {@link Clock.monotonic} milliseconds and session ticks (90 kHz).
 */
export class SessionTimeline {
  private zero: number | undefined;
  private held: Held[] = [];
  private heldBytes = 0;
  private connecting = true;
  private pending: GapReason | undefined;

  /** Session time of the last picture, in milliseconds with a fraction, and in ticks as handed out. */
  private last = 0;
  private lastTicks = -1;
  private lastArrival = 0;
  private lastStamp = 0;
  private readonly speed: CameraSpeed;
  private readonly clock = new CameraClock();
  private readonly match: MatchClock | undefined;
  private readonly order = new PresentationOrder();
  private readonly jpegPace = new JpegPace<JpegPicture>();
  /** Arrival of the first picture that lagged by more than a jump. */
  private late: number | undefined;

  /** Where it is `resumed`, a session that began in another process goes on here: what is missing since then is a gap. */
  constructor({ zero, reference, resumed }: TimelineStart = {}) {
    this.zero = zero;
    this.match = reference && new MatchClock(reference, this.clock);
    this.speed = new CameraSpeed(reference && ANGLE_WAKE_MS);
    if (!resumed) return;
    this.zero = resumed.zero;
    this.lastTicks = resumed.lastTicks;
    this.last = resumed.lastTicks / TICKS_PER_MS;
    this.pending = 'service_restarted';
  }

  /** {@link Clock.monotonic} milliseconds of session time zero; `undefined` before the first frame. */
  get origin(): number | undefined {
    return this.zero;
  }

  /** Session time now, in ticks. */
  ticksAt(monotonic: number): number {
    return this.zero === undefined ? 0 : Math.round((monotonic - this.zero) * TICKS_PER_MS);
  }

  /** How session time stands to the camera's wall clock; `undefined` where it tells none that can be believed. */
  get offset(): ClockOffset | undefined {
    const wall = this.connecting || this.lastTicks < 0 ? undefined : this.clock.wallAt(this.lastStamp);
    return wall === undefined ? undefined : { ms: this.last - wall, sure: this.clock.sure || this.speed.honest };
  }

  /**
   * What the camera's wall clock was, by its own word.
   * @param ntpMs epoch milliseconds
   * @param stamp the same moment on the clock of its stamps, in presentation ticks
   * @param wallMs our wall clock
   */
  noteReport(ntpMs: number, stamp: number, wallMs: number): void {
    this.clock.note(ntpMs, stamp, wallMs);
  }

  /**
   * Session milliseconds of a moment on the camera's own clock, going by the newest picture; `null` while the first pictures of
   * a connection wait for their place.
   */
  timeOfStamp(stamp: number): number | null {
    if (this.connecting || this.lastTicks < 0) return null;
    return this.last + ((stamp - this.lastStamp) / TICKS_PER_MS) * this.speed.scale;
  }

  /**
   * How much later than they come pictures are shown, in milliseconds: others are decoded before them, and an angle's are as
   * late as those of the camera that it follows.
   */
  get delay(): number {
    return this.clock.lead / TICKS_PER_MS - this.way;
  }

  /**
   * True while pictures wait for their place: the first ones of a connection, or JPEGs after a hole. Call {@link flush} when
   * none came for {@link HOLD_QUIET_MS}.
   */
  get holding(): boolean {
    return this.held.length > 0 || this.jpegPace.holding;
  }

  /** The next picture belongs to a new connection. What was held of the old one is placed first. */
  beginConnection(): Frame[] {
    const rest = this.flush();
    this.connecting = true;
    this.clock.restart();
    return rest;
  }

  /**
   * Pictures were lost before the next one. The first reason stands until a picture carries it, but where the camera went
   * away in the middle of a picture, that is what matters.
   */
  noteLoss(reason: GapReason): void {
    if (this.pending === undefined || this.pending === 'packets_lost') this.pending = reason;
  }

  /** Places one picture; none, one or several frames come out, in decode order. */
  place(unit: AccessUnit, arrival: number): Frame[] {
    if (!isTimed(unit)) return this.placeJpeg(unit, arrival);
    if (!this.connecting) return [this.placeTimed(unit, arrival)];
    return this.hold(unit, arrival);
  }

  /** Ends the hold and places what was held. */
  flush(): Frame[] {
    if (this.jpegPace.holding) return this.emitJpegs(this.jpegPace.flush(this.last));
    if (this.held.length === 0) return [];
    const held = this.held;
    this.held = [];
    this.heldBytes = 0;
    this.connecting = false;
    return this.anchor(held);
  }

  private hold(unit: TimedUnit, arrival: number): Frame[] {
    const previous = this.held.at(-1);
    this.held.push({ unit, arrival });
    this.heldBytes += unit.data.length;
    if (!previous) return [];
    const first = this.held[0] as Held;
    const paced = arrival - previous.arrival >= (unit.dts - previous.unit.dts) / TICKS_PER_MS / 2;
    const enough = arrival - first.arrival >= MAX_HOLD_MS || this.heldBytes > MAX_HOLD_BYTES;
    return paced || enough ? this.flush() : [];
  }

  private anchor(held: readonly Held[]): Frame[] {
    // Offsets on the camera's clock from the first picture, with jumps inside the burst replaced by what really passed.
    const offsets: number[] = [];
    let offset = 0;
    let start = Infinity;
    held.forEach(({ unit, arrival }, i) => {
      const before = held[i - 1];
      if (before) offset += this.trustedStep(unit.dts - before.unit.dts, arrival - before.arrival) * this.speed.scale;
      offsets.push(offset);
      start = Math.min(start, arrival - offset);
    });
    this.zero ??= start;
    const earliest = this.lastTicks < 0 ? 0 : this.last + 1;
    const base = Math.max(this.begin((held[0] as Held).unit, start - this.zero), earliest);
    this.late = undefined;
    this.order.restart();
    const newest = held.at(-1) as Held;
    this.speed.begin({ arrival: newest.arrival, stamp: newest.unit.dts });
    return held.map(({ unit, arrival }, i) => {
      const before = held[i - 1];
      if (before && this.isJump((unit.dts - before.unit.dts) / TICKS_PER_MS, arrival - before.arrival))
        this.order.restart();
      this.lastArrival = arrival;
      return this.emitTimed(unit, base + (offsets[i] as number));
    });
  }

  /** Where a connection's first picture goes, in milliseconds. */
  private begin(unit: TimedUnit, arrived: number): number {
    this.clock.lead = unit.kind === 'jpeg' ? 0 : unit.pts - unit.dts;
    const told = this.match?.tell(unit.dts, arrived, false);
    return told ? told.at : arrived - this.way;
  }

  /** By how much longer this camera's pictures are under way than those of the one it follows, in milliseconds. */
  private get way(): number {
    return this.match ? this.match.way : 0;
  }

  /** Milliseconds between two pictures: the camera's word unless it is a jump. */
  private trustedStep(stampTicks: number, arrivalMs: number): number {
    const stampMs = stampTicks / TICKS_PER_MS;
    return this.isJump(stampMs, arrivalMs) ? Math.max(arrivalMs, 0) : stampMs;
  }

  private isJump(stampMs: number, arrivalMs: number): boolean {
    return stampMs <= 0 || (stampMs > JUMP_MS && Math.abs(stampMs - arrivalMs) > JUMP_MS);
  }

  private placeTimed(unit: TimedUnit, arrival: number): Frame {
    const zero = this.zero as number;
    const told = this.match?.tell(unit.dts, arrival - zero, this.speed.honest);
    const now = arrival - zero - this.way;
    const arrivalStep = arrival - this.lastArrival;
    const stampStep = (unit.dts - this.lastStamp) / TICKS_PER_MS;
    this.lastArrival = arrival;

    const predicted = this.last + stampStep * this.speed.scale;
    const error = now - predicted;
    const lateBy = arrivalStep - stampStep * this.speed.scale;
    if (this.isJump(stampStep, arrivalStep) || (error < -EARLY_MS && lateBy < -EARLY_MS)) {
      this.late = undefined;
      this.speed.forget();
      this.clock.restart();
      this.order.restart();
      // Anchored at now; where the timeline was ahead of the clock, it goes on from where it was.
      return this.emitTimed(unit, now > this.last ? now : this.last + Math.max(arrivalStep, 0));
    }

    if (error > JUMP_MS && (this.late || lateBy > JUMP_MS / 2)) return this.placeLate(unit, arrival, predicted, now);
    this.late = undefined;
    if (this.match && told?.sure) {
      this.speed.forget();
      return this.emitTimed(unit, this.match.follow(this.last, unit.dts - this.lastStamp, told));
    }
    const moved = { arrival, stamp: unit.dts, arrivalStep, stampStep };
    return this.emitTimed(unit, this.speed.follow(moved, this.last, error));
  }

  /**
   * Suddenly more than a jump behind the clock. The missing time may still come as a burst (a network freeze), so the loop
   * waits; when it does not come, the camera paused and the pause is a gap.
   */
  private placeLate(unit: TimedUnit, arrival: number, predicted: number, now: number): Frame {
    this.late ??= arrival;
    this.speed.stopLearning();
    if (arrival - this.late <= LAG_PATIENCE_MS) return this.emitTimed(unit, predicted);
    this.noteLoss('camera_stalled');
    this.late = undefined;
    this.speed.forget();
    this.clock.restart();
    return this.emitTimed(unit, now);
  }

  private emitTimed(unit: TimedUnit, at: number): Frame {
    this.lastStamp = unit.dts;
    const dts = this.advance(at);
    if (unit.kind === 'jpeg') return jpegFrame(unit, dts, this.takePending());
    const cts = this.order.place(unit.pts, dts + (unit.pts - unit.dts) * this.speed.scale, dts) - dts;
    const after = this.takePending();
    const { kind, config, data, keyframe } = unit;
    return after ? { kind, config, data, keyframe, dts, cts, after } : { kind, config, data, keyframe, dts, cts };
  }

  private placeJpeg(unit: JpegPicture, arrival: number): Frame[] {
    const anew = this.connecting || this.pending !== undefined;
    const rest = anew ? this.flush() : [];
    if (anew) this.jpegPace.restart();
    this.connecting = false;
    this.zero ??= arrival;
    const now = arrival - this.zero;
    const placed = this.lastTicks < 0 ? [{ picture: unit, at: now }] : this.jpegPace.take(unit, this.last, now);
    return [...rest, ...this.emitJpegs(placed, this.takePending())];
  }

  private emitJpegs(placed: readonly Placed<JpegPicture>[], after?: GapReason): Frame[] {
    return placed.map(({ picture, at }, i) => jpegFrame(picture, this.advance(at), i === 0 ? after : undefined));
  }

  /** Moves the timeline to `at` milliseconds, or one millisecond on where that lies behind. */
  private advance(at: number): number {
    this.last = this.lastTicks < 0 ? at : Math.max(at, this.last + 1);
    this.lastTicks = Math.round(this.last * TICKS_PER_MS);
    return this.lastTicks;
  }

  private takePending(): GapReason | undefined {
    const reason = this.pending;
    this.pending = undefined;
    return reason;
  }
}

/** All coded video is; of JPEGs those that came by RTP. */
function isTimed(unit: AccessUnit): unit is TimedUnit {
  return unit.kind !== 'jpeg' || unit.dts !== undefined;
}

function jpegFrame({ data, width, height }: JpegPicture, dts: number, after: GapReason | undefined): JpegFrame {
  const frame = { kind: 'jpeg', data, width, height, dts, keyframe: true, cts: 0 } as const;
  return after ? { ...frame, after } : frame;
}
