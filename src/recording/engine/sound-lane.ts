import { TICKS_PER_SECOND } from '../../media/access-unit';
import { MOST_SOUND_FRAMES, SoundRun } from '../../media/fmp4/sound-fragment';
import { AAC_FRAME_SAMPLES, AacConfig, SoundUnit, silentFrame } from '../../media/sound/sound-format';

/** A frame so far from its place is moved by whole frames; what is nearer is a clock that drifts, or the network's jitter. */
const FARTHEST = 0.6 * AAC_FRAME_SAMPLES;
/** What may wait for pictures to be written with: two minutes of what cameras send. Silence costs nothing. */
const MOST_WAITING_BYTES = 1024 * 1024;

/**
 * Puts a part's sound on a grid of frames without a hole, for what players do with holes in sound: Chromium plays on what comes
 * next at once, and pictures and sound are apart from there on (its own words for it are "may cause AV sync to drift"). So where
 * sound is missing there are frames of silence, from the part's beginning on, and every frame plays when it was recorded, give
 * or take half a frame. A clock that is slow gets a frame of silence every few minutes, one that is fast loses one.
 */
export class SoundLane {
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private first: number | null;
  private next: number | null;

  /**
   * @param startTicks session time of the part's zero
   * @param next where the next frame goes, in samples on the part's timeline; `null`: it is the first
   */
  constructor(
    readonly config: AacConfig,
    private readonly startTicks: number,
    next: number | null,
  ) {
    this.first = this.next = next;
  }

  /** Takes a frame of AAC, in order. What lies before the part, or where sound is already, is dropped. */
  take({ data, ticks }: SoundUnit): void {
    const target = this.positionOf(ticks);
    if (target < 0 || this.waitingBytes + data.length > MOST_WAITING_BYTES) return;
    if (this.next === null) this.begin(target);
    const off = target - (this.next as number);
    if (off <= -FARTHEST) return;
    if (off >= FARTHEST) this.add(silentFrame(this.config), Math.round(off / AAC_FRAME_SAMPLES));
    this.add(data, 1);
    this.waitingBytes += data.length;
  }

  /** All that waits, to be written. @param endTicks session time of the recording's end: what begins later is dropped */
  drain(endTicks = Infinity): SoundRun[] {
    const frames = this.waiting;
    const runs: SoundRun[] = [];
    const most = Math.min(frames.length, this.framesBefore(endTicks));
    for (let from = 0; from < most; from += MOST_SOUND_FRAMES) {
      const position = (this.first as number) + from * AAC_FRAME_SAMPLES;
      runs.push({ position, frames: frames.slice(from, Math.min(from + MOST_SOUND_FRAMES, most)) });
    }
    this.waiting = [];
    this.waitingBytes = 0;
    this.first = this.next;
    return runs;
  }

  /** Silence from the part's beginning, as far as whole frames go, so that what follows lies where it was recorded. */
  private begin(target: number): void {
    const whole = Math.floor(target / AAC_FRAME_SAMPLES);
    this.first = this.next = Math.round(target - whole * AAC_FRAME_SAMPLES);
    this.add(silentFrame(this.config), whole);
  }

  private add(frame: Buffer, times: number): void {
    for (let i = 0; i < times; i++) this.waiting.push(frame);
    this.next = (this.next as number) + times * AAC_FRAME_SAMPLES;
  }

  private framesBefore(endTicks: number): number {
    if (this.first === null || endTicks === Infinity) return Infinity;
    return Math.max(0, Math.ceil((this.positionOf(endTicks) - this.first) / AAC_FRAME_SAMPLES));
  }

  private positionOf(ticks: number): number {
    return ((ticks - this.startTicks) * this.config.rate) / TICKS_PER_SECOND;
  }
}
