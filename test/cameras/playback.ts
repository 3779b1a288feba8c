import { Clip } from './clips';
import { monotonic, Paced, pacer } from './pacer';

/** One picture at its time of sending. */
export interface PlayedFrame {
  readonly clip: Clip;
  /** Place in the clip in decode order. */
  readonly index: number;
  /** What the time bars of this picture show. */
  readonly bars: number;
  /** Presentation number since the camera started, loops counted on; 0-based. */
  readonly number: number;
  readonly keyframe: boolean;
  /** 90 kHz ticks since the camera started, by the camera's nominal frame rate, continuous over loops and clips. */
  readonly pts: number;
  readonly dts: number;
  /** Monotonic milliseconds at which it was due, were nothing between lens and wire. */
  readonly dueAt: number;
  /** Monotonic milliseconds at which the light fell into the lens. */
  readonly capturedAt: number;
}

/** Plays a clip in real time, endlessly, whether somebody watches or not: a camera has one encoder. */
export class Playback implements Paced {
  nextAt = 0;
  /** Frames a second really sent, where that is not what the clip (and so the time stamps) says. */
  private sendFps: number | null = null;
  private index = 0;
  private numberBase = 0;
  private ticksBase = 0;
  private next: Clip | null = null;
  private running = false;
  private dueAt = 0;
  /** Milliseconds that the next picture is under way before it is sent. */
  private way: () => number = () => 0;

  constructor(
    private current: Clip,
    private readonly onFrame: (frame: PlayedFrame) => void,
  ) {}

  get clip(): Clip {
    return this.current;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.dueAt = monotonic();
    this.nextAt = this.dueAt + this.way();
    pacer.add(this);
  }

  stop(): void {
    this.running = false;
    pacer.remove(this);
  }

  /** From the next picture on another clip is played from its start; time stamps and numbers go on. */
  switchTo(clip: Clip): void {
    this.next = clip;
  }

  setSendFps(fps: number | null): void {
    this.sendFps = fps;
  }

  /** Encoder and network take so long, asked for each picture; none overtakes another. */
  setWay(way: () => number): void {
    this.way = way;
  }

  /** The picture that comes next, or with `keyframe` the next one decoding can start at. */
  upcoming(keyframe = false): PlayedFrame {
    let steps = 0;
    if (keyframe && this.next === null) while (!this.frameAt(this.index + steps).keyframe) steps++;
    return this.frameAt(this.index + steps);
  }

  act(): void {
    if (this.next !== null) {
      this.numberBase += this.index;
      this.ticksBase += this.index * this.current.frameTicks;
      this.current = this.next;
      this.index = 0;
      this.next = null;
    }
    const frame = this.frameAt(this.index);
    this.index++;
    this.dueAt += 1000 / (this.sendFps ?? this.current.fps);
    this.nextAt = Math.max(this.nextAt, this.dueAt + this.way());
    this.onFrame(frame);
  }

  private frameAt(position: number): PlayedFrame {
    const clip = this.next ?? this.current;
    const place = this.next === null ? position : 0;
    const loop = Math.floor(place / clip.frameCount);
    const index = place % clip.frameCount;
    const unit = clip.codec !== 'mjpeg' ? clip.units[index] : undefined;
    const bars = unit?.frame ?? index;
    const ticks = this.ticksBase + loop * clip.loopTicks;
    const dts = index * clip.frameTicks;
    // Pictures are taken in the order in which they are shown; the first one of the clip when it is due.
    const ahead = (unit ? unit.pts - dts : 0) - (clip.codec === 'mjpeg' ? 0 : (clip.units[0]?.pts ?? 0));
    const frameMs = 1000 / (this.sendFps ?? clip.fps);
    return {
      clip,
      index,
      bars,
      number: this.numberBase + loop * clip.frameCount + bars,
      keyframe: unit?.keyframe ?? true,
      pts: ticks + (unit?.pts ?? dts),
      dts: ticks + dts,
      dueAt: this.dueAt,
      capturedAt: this.dueAt + (ahead / clip.frameTicks) * frameMs,
    };
  }
}
