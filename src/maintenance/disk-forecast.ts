import { isActive } from '../recording/recording-state';
import { CourtStatus } from '../runtime/court-runtime';

/** What our encoder makes until that is known, bytes a second. */
const ENCODED_RATE = 500_000;
/** A recording shorter than this says nothing of its rate, in seconds. */
const TELLING_SECONDS = 10;
const HOUR_SECONDS = 3600;

/** Hours left at which somebody is warned, each once. */
export const WARN_HOURS = [24, 4, 1] as const;
/** A warning is given anew once it looks better by this than what it was given for. */
const BETTER = 1.25;

/**
 * What running recordings write now, in bytes a second: of a court that is copied what its camera sends, of one that is encoded
 * what its recording took so far.
 */
export function writeRate(courts: readonly CourtStatus[]): number {
  return Math.round(courts.reduce((sum, court) => sum + rateOf(court), 0));
}

function rateOf({ facts, bitrate, recording }: CourtStatus): number {
  if (!recording || !isActive(recording.phase)) return 0;
  if (facts.codec !== 'mjpeg') return bitrate / 8;
  const { bytesWritten, durationSeconds } = recording;
  return durationSeconds < TELLING_SECONDS ? ENCODED_RATE : bytesWritten / durationSeconds;
}

/**
 * How long the disk lasts at this rate until the reserve is reached and no recording starts any more, in hours with two
 * decimals; `null` where nothing is written.
 */
export function hoursLeft(freeBytes: number, reserveBytes: number, bytesPerSecond: number): number | null {
  if (bytesPerSecond <= 0) return null;
  const hours = Math.max(0, freeBytes - reserveBytes) / bytesPerSecond / HOUR_SECONDS;
  return Math.round(hours * 100) / 100;
}

/** Tells which warning is due, so that each is given once and not at every look. */
export class DiskWarnings {
  private given = Infinity;

  /** @returns the level of {@link WARN_HOURS} that has just been passed; `null`: none, or told before */
  due(hours: number | null): number | null {
    if (hours === null) return null;
    this.given = Math.max(this.given, lowestAbove(hours / BETTER));
    const level = lowestAbove(hours);
    if (level >= this.given) return null;
    this.given = level;
    return level;
  }
}

/** The lowest level that so many hours are below; infinite where they are below none. */
function lowestAbove(hours: number): number {
  return Math.min(Infinity, ...WARN_HOURS.filter((level) => hours < level));
}
