import { Clock } from '../common/clock';
import { SoundFormat, SoundUnit } from '../media/sound/sound-format';
import { SoundClock } from './sound-clock';
import { SoundAnswer, SoundPiece } from './sources/stream-source';

/** Gets sound as it comes, and first what came since the newest keyframe. It takes at once. */
export type SoundConsumer = (unit: SoundUnit, format: SoundFormat) => void;

/**
 * How a session stands with its camera's sound. `off`: not wanted; `asking`: the camera has not answered yet; `none`,
 * `unsupported`, `refused`: there is none, and why; `silent`: agreed on, but nothing comes; `on`: it comes.
 */
export type SoundState = 'off' | 'asking' | 'none' | 'unsupported' | 'refused' | 'silent' | 'on';

/** {@link SoundState} with what the camera sends: `aac`, `pcma`, `pcmu`, or its own word for what is not read. */
export interface SoundFacts {
  readonly state: SoundState;
  readonly codec: string | null;
}

/** What is kept for a recording that begins: its keyframe may be some seconds old. */
const MOST_KEPT_BYTES = 512 * 1024;
const MOST_KEPT_UNITS = 4_000;
/** Sound that is older than the newest keyframe by so much is nobody's. */
const KEPT_BEFORE_TICKS = 9_000;
/** Nothing for so long, and there is no sound any more. */
const SILENT_MS = 3_000;

/** A session's sound: placed on the timeline, kept since the newest keyframe, handed to whoever records it. */
export class SoundFeed {
  private readonly consumers = new Set<SoundConsumer>();
  private answer: SoundAnswer | null = null;
  private format: SoundFormat | null = null;
  private kept: SoundUnit[] = [];
  private keptBytes = 0;
  private heardAt = Number.NEGATIVE_INFINITY;
  private refusal: 'untried' | 'asked' | 'avoided' | 'settled' = 'untried';

  constructor(
    private readonly wanted: boolean,
    private readonly soundClock: SoundClock,
    private readonly clock: Pick<Clock, 'monotonic' | 'after'>,
    private readonly onError: (error: unknown) => void = () => undefined,
  ) {}

  get facts(): SoundFacts {
    const { answer, format } = this;
    if (!this.wanted) return { state: 'off', codec: null };
    if (this.refusal === 'avoided' || this.refusal === 'settled') return { state: 'refused', codec: codecOf(format) };
    if (!answer) return { state: 'asking', codec: null };
    if (answer.state === 'unsupported') return answer;
    if (answer.state !== 'agreed') return { state: answer.state, codec: null };
    const silent = this.clock.monotonic() - this.heardAt > SILENT_MS;
    return { state: silent ? 'silent' : 'on', codec: codecOf(answer.format) };
  }

  /** What is coming; `null` before the first of it, and where none comes. */
  get current(): SoundFormat | null {
    return this.facts.state === 'on' ? this.format : null;
  }

  /**
   * Whether the next connection asks for sound. A camera may take the question so badly that it ends the connection: where one
   * that asked gave no picture, the next does not ask. Where that one does no better, it was not the question.
   */
  begins(): boolean {
    this.soundClock.restart();
    this.answer = null;
    if (this.refusal === 'asked') this.refusal = 'avoided';
    else if (this.refusal === 'avoided') this.refusal = 'untried';
    return this.wanted && this.refusal !== 'avoided' && this.refusal !== 'settled';
  }

  /** The camera is being asked. */
  asked(): void {
    this.refusal = 'asked';
  }

  /** Whether the connection may have ended because of the question. */
  get suspect(): boolean {
    return this.refusal === 'asked';
  }

  answered(answer: SoundAnswer): void {
    this.answer = answer;
    if (answer.state !== 'agreed') return;
    if (this.format && codecOf(this.format) !== codecOf(answer.format)) this.forget();
    this.format = answer.format;
  }

  /** A picture is there. @param keyframe session ticks, where decoding can begin with it */
  pictured(keyframe: number | null): void {
    if (this.refusal === 'asked') this.refusal = 'untried';
    else if (this.refusal === 'avoided') this.refusal = 'settled';
    if (keyframe === null || this.kept.length === 0) return;
    const first = this.kept.findIndex(({ ticks }) => ticks >= keyframe - KEPT_BEFORE_TICKS);
    const gone = this.kept.splice(0, first < 0 ? this.kept.length : first);
    for (const { data } of gone) this.keptBytes -= data.length;
  }

  /** @param pictureStamp see {@link SourceSink.onSound} */
  heard(piece: SoundPiece, pictureStamp: number | null, arrival: number): void {
    const { format } = this;
    const ticks = this.soundClock.place(piece, pictureStamp, arrival);
    if (ticks === null || !format) return;
    this.heardAt = arrival;
    const unit = { data: piece.data, ticks };
    this.keep(unit);
    for (const consumer of this.consumers) this.give(consumer, unit, format);
  }

  /** Settles with the first sound, where the camera has just been asked for it or agreed to send it; at the latest after `ms`. */
  async settled(ms: number): Promise<void> {
    const { state } = this.facts;
    if (state !== 'asking' && state !== 'silent') return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        cancel();
        unsubscribe();
        resolve();
      };
      const cancel = this.clock.after(ms, done);
      const unsubscribe = this.subscribe(() => queueMicrotask(done));
    });
  }

  /** @returns ends it */
  subscribe(consumer: SoundConsumer): () => void {
    const { format } = this;
    this.consumers.add(consumer);
    if (format) for (const unit of this.kept) this.give(consumer, unit, format);
    return () => void this.consumers.delete(consumer);
  }

  /** What becomes of sound is no business of the connection that brings pictures, too. */
  private give(consumer: SoundConsumer, unit: SoundUnit, format: SoundFormat): void {
    if (!this.consumers.has(consumer)) return;
    try {
      consumer(unit, format);
    } catch (error) {
      this.consumers.delete(consumer);
      this.onError(error);
    }
  }

  private keep(unit: SoundUnit): void {
    this.kept.push(unit);
    this.keptBytes += unit.data.length;
    if (this.keptBytes > MOST_KEPT_BYTES || this.kept.length > MOST_KEPT_UNITS) this.forget();
  }

  private forget(): void {
    this.kept = [];
    this.keptBytes = 0;
  }
}

function codecOf(format: SoundFormat | null): string | null {
  return format && ({ aac: 'aac', alaw: 'pcma', mulaw: 'pcmu' } as const)[format.kind];
}
