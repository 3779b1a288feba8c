import { monotonic, Paced, pacer } from './pacer';
import { SoundClip } from './sounds';

/** One unit of sound at its time of sending. */
export interface PlayedSound {
  readonly clip: SoundClip;
  readonly data: Buffer;
  /** Samples since the first one, loops counted on. */
  readonly sample: number;
}

/** Plays a clip of sound in real time, endlessly: each unit goes out when its last sample has been heard. */
export class SoundPlayer implements Paced {
  nextAt = 0;
  private index = 0;
  private startedAt = 0;

  constructor(
    readonly clip: SoundClip,
    private readonly onUnit: (unit: PlayedSound) => void,
  ) {}

  /** @param at monotonic milliseconds of its first sample */
  start(at: number): void {
    this.startedAt = at;
    this.index = 0;
    this.nextAt = this.endOf(0);
    pacer.add(this);
  }

  stop(): void {
    pacer.remove(this);
  }

  /** Samples since the first one, now. */
  get now(): number {
    return Math.round(((monotonic() - this.startedAt) * this.clip.rate) / 1000);
  }

  act(): void {
    const { units, unitSamples } = this.clip;
    const data = units[this.index % units.length] as Buffer;
    const sample = this.index * unitSamples;
    this.index++;
    this.nextAt = this.endOf(this.index);
    this.onUnit({ clip: this.clip, data, sample });
  }

  private endOf(index: number): number {
    return this.startedAt + ((index + 1) * this.clip.unitSamples * 1000) / this.clip.rate;
  }
}
