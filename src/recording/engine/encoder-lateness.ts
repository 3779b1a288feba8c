/** How an encoder keeps up with its camera. Plain data. */
export interface EncoderLoad {
  /** A process encodes now; `false` between two runs and after the end. */
  readonly running: boolean;
  /** Milliseconds by which the oldest picture it owes is late; 0 where it owes none. */
  readonly behindMs: number;
  /** Milliseconds for which it has been late ({@link LATE_MS}) without a break; 0 where it is not. */
  readonly lateForMs: number;
  /** Pictures that came out late, over the last ten seconds. */
  readonly lateFrames: number;
  /** Pictures that came out late, in all. */
  readonly lateFramesInAll: number;
  /** Pictures out for each one in, over the last ten seconds: below 1 it falls behind. `null` where none went in. */
  readonly speed: number | null;
  readonly queuedFrames: number;
  readonly queuedBytes: number;
  /** Pictures given up, in all: no room for them, or not decodable. */
  readonly droppedFrames: number;
}

/** A picture that comes out this many milliseconds after it was owed is late: an encoder that keeps up takes a tenth. */
export const LATE_MS = 1_000;
/**
 * FFmpeg holds the newest pictures until the next ones come. A picture is owed once so many are behind it; so a camera that
 * is slow, or away, makes no encoder late.
 */
export const PICTURES_HELD = 2;
const SECONDS_KEPT = 10;

interface Second {
  second: number;
  taken: number;
  returned: number;
  late: number;
}

/**
 * Measures lateness by the pictures themselves, not by a guess at what the machine can do. Times are monotonic milliseconds;
 * `owedSince` is when the oldest picture that has not come back became owed, `null` where none is. A run that ends is no
 * lateness of the machine: what the next one is given again counts from that run's start.
 */
export class EncoderLateness {
  private readonly seconds: Second[] = Array.from({ length: SECONDS_KEPT }, () => ({ ...NOTHING }));
  private runSince = 0;
  private lateSince: number | null = null;
  private lateInAll = 0;

  runBegan(now: number): void {
    this.runSince = now;
    this.lateSince = null;
  }

  taken(now: number): void {
    this.at(now).taken++;
  }

  /** @param next `owedSince` of what is the oldest picture now */
  returned(now: number, owedSince: number | null, next: number | null): void {
    const second = this.at(now);
    second.returned++;
    const lateness = this.lateness(now, owedSince);
    if (lateness > LATE_MS) {
      second.late++;
      this.lateInAll++;
      this.lateSince ??= now - lateness + LATE_MS;
    }
    if (lateness <= LATE_MS || next === null) this.lateSince = null;
  }

  read(now: number, owedSince: number | null): Pick<EncoderLoad, 'behindMs' | 'lateForMs' | LateCounts> {
    const behindMs = this.lateness(now, owedSince);
    const lateForMs = behindMs > LATE_MS ? now - (this.lateSince ?? now - behindMs + LATE_MS) : 0;
    const first = Math.floor(now / 1000) - SECONDS_KEPT;
    const recent = this.seconds.filter(({ second }) => second > first);
    const sum = (count: 'taken' | 'returned' | 'late'): number => recent.reduce((all, one) => all + one[count], 0);
    const taken = sum('taken');
    return {
      behindMs,
      lateForMs,
      lateFrames: sum('late'),
      lateFramesInAll: this.lateInAll,
      speed: taken === 0 ? null : sum('returned') / taken,
    };
  }

  private lateness(now: number, owedSince: number | null): number {
    return owedSince === null ? 0 : Math.max(0, now - Math.max(owedSince, this.runSince));
  }

  private at(now: number): Second {
    const second = Math.floor(now / 1000);
    const kept = this.seconds[second % SECONDS_KEPT] as Second;
    return kept.second === second ? kept : Object.assign(kept, NOTHING, { second });
  }
}

type LateCounts = 'lateFrames' | 'lateFramesInAll' | 'speed';

const NOTHING: Readonly<Second> = { second: Number.NEGATIVE_INFINITY, taken: 0, returned: 0, late: 0 };
