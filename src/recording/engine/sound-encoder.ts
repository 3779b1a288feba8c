import { TICKS_PER_SECOND } from '../../media/access-unit';
import { AdtsSplitter } from '../../media/sound/adts-splitter';
import { soundEncoderArgs } from '../../media/sound/sound-args';
import { AAC_FRAME_SAMPLES, AacConfig, SoundFormat, SoundUnit, aacConfig } from '../../media/sound/sound-format';
import { FfmpegContext, ownMarker, ManagedChild, Supervisor } from '../../media/process';

/** G.711 as a camera sends it. */
export type G711Format = Extract<SoundFormat, { readonly kind: 'alaw' | 'mulaw' }>;

export interface SoundEncoderOptions {
  readonly ffmpeg: FfmpegContext;
  readonly session: string;
  readonly format: G711Format;
  /** One frame of AAC as {@link G711_AAC} says, in order. */
  readonly onFrame: (unit: SoundUnit) => void;
  /** A run ended that nobody ended; what it held is missing. */
  readonly onRestart?: (pauseMs: number) => void;
}

/** What becomes of G.711: its samples twice as close, a rate that every player knows. */
export const G711_AAC: AacConfig = aacConfig(16_000, 1);
/** FFmpeg's encoder gives the frame before the first sample first. */
const PRIMING_FRAMES = 1;
/** What is missing for longer is a hole, what is shorter a clock that drifts: a sample more or less in each packet. */
const HOLE_MS = 60;
const DRIFT_MS = 4;
/** A hole up to so long is filled with silence; behind a longer one the samples begin to count anew. */
const FILLED_MS = 5_000;
/** Samples in it that nothing came of, in seconds: it hangs. */
const STUCK_SECONDS = 10;
const MOST_WAITING_BYTES = 256 * 1024;
/** A match must not wait for its sound. */
const STOP = { eofMs: 1_500, interruptMs: 500, killMs: 2_000 };
const SILENCE = { alaw: 0xd5, mulaw: 0xff } as const;

/** From a sample on, counted from the run's first, session time goes by this. */
interface Mark {
  readonly sample: number;
  readonly ticks: number;
}

/**
 * Makes AAC of G.711: one small FFmpeg a recording, which is given samples in a row and gives frames in a row, so that a frame's
 * number says when it was heard. Samples are put where they belong before: missing ones are silence, a clock that drifts costs or
 * gets a sample now and then. It dies, or hangs, and is restarted; what it held is silence.
 */
export class SoundEncoder {
  private readonly supervisor: Supervisor;
  private marks: Mark[] = [];
  /** Of the run: samples given, frames that came out. */
  private given = 0;
  private frames = 0;
  private started = false;

  constructor(private readonly options: SoundEncoderOptions) {
    this.supervisor = new Supervisor({
      clock: options.ffmpeg.clock,
      start: (generation) => this.launch(generation),
      onExit: (_exit, _generation, pauseMs) => options.onRestart?.(pauseMs),
    });
  }

  /** Running process, `null` between runs. */
  get pid(): number | null {
    return this.supervisor.child?.pid ?? null;
  }

  /** Takes samples, in order. Never waits: what has no room is a hole. */
  take({ data, ticks }: SoundUnit): void {
    if (!this.started) {
      this.started = true;
      this.supervisor.start();
    }
    const stdin = this.supervisor.child?.stdin;
    if (!stdin || stdin.destroyed || stdin.writableEnded) return;
    const { rate, kind } = this.options.format;
    if (this.given - this.samplesOut > STUCK_SECONDS * rate) return this.supervisor.replace();
    if (stdin.writableLength > MOST_WAITING_BYTES) return;
    if (this.marks.length === 0) this.marks.push({ sample: 0, ticks });
    const off = Math.round(((ticks - this.ticksOf(this.given)) * rate) / TICKS_PER_SECOND);
    const silence = (samples: number): void => this.give(stdin, Buffer.alloc(samples, SILENCE[kind]));
    if (off > (FILLED_MS * rate) / 1000) {
      // To a frame's end, and one frame more, so that nothing of before is heard behind.
      const frame = (AAC_FRAME_SAMPLES * rate) / G711_AAC.rate;
      silence(2 * frame - (this.given % frame));
      this.marks.push({ sample: this.given, ticks });
    } else if (off > (HOLE_MS * rate) / 1000) silence(off);
    else if (off > (DRIFT_MS * rate) / 1000) silence(1);
    const early = off < -(HOLE_MS * rate) / 1000 ? -off : off < -(DRIFT_MS * rate) / 1000 ? 1 : 0;
    if (early < data.length) this.give(stdin, early > 0 ? data.subarray(early) : data);
  }

  /** Ends the input and waits for what is in flight, not for long. */
  async stop(): Promise<void> {
    await this.supervisor.stop(STOP);
  }

  private give(stdin: NodeJS.WritableStream, samples: Buffer): void {
    stdin.write(samples);
    this.given += samples.length;
  }

  private launch(generation: number): ManagedChild {
    const { ffmpeg, session, format } = this.options;
    const marker = ownMarker({ instance: ffmpeg.instance, session });
    const args = soundEncoderArgs({ ...format, outRate: G711_AAC.rate, marker });
    const child = new ManagedChild({ file: ffmpeg.path, args }, ffmpeg.clock);
    this.marks = [];
    this.given = this.frames = 0;
    const splitter = new AdtsSplitter((frame) => this.onFrame(frame));
    child.stdout?.on('data', (chunk: Buffer) => {
      if (!this.supervisor.isCurrent(generation)) return;
      try {
        splitter.push(chunk);
      } catch {
        // What it writes is no longer a stream: only a fresh run helps.
        void child.kill();
      }
    });
    return child;
  }

  /** Samples of the input that came out. */
  private get samplesOut(): number {
    return ((this.frames - PRIMING_FRAMES) * AAC_FRAME_SAMPLES * this.options.format.rate) / G711_AAC.rate;
  }

  private onFrame(data: Buffer): void {
    const sample = this.samplesOut;
    this.frames++;
    while (this.marks.length > 1 && sample >= (this.marks[1] as Mark).sample) this.marks.shift();
    if (sample >= 0 && this.marks.length > 0) this.options.onFrame({ data, ticks: this.ticksOf(sample) });
  }

  /** Session time of a sample, by the mark before it: the newest for what is given, the oldest for what comes out. */
  private ticksOf(sample: number): number {
    const mark = this.marks.findLast((one) => one.sample <= sample) ?? (this.marks[0] as Mark);
    return mark.ticks + ((sample - mark.sample) * TICKS_PER_SECOND) / this.options.format.rate;
  }
}
