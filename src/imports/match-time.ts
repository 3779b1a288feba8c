import { momentAt } from '../common/local-time';
import { isUuid } from './session-name';

/** When a match was played; epoch milliseconds. */
export interface MatchTime {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** `20241203_183000`, `2024-12-03T18-30-00`, `2024-12-03 18h30`; a `Z` behind it: UTC. */
const IN_NAME =
  /(?<!\d)(20\d{2})[-_.]?([01]\d)[-_.]?([0-3]\d)[-_T .]{0,3}([0-2]\d)[-:_.h]?([0-5]\d)(?:[-:_.m]?([0-5]\d))?(Z?)(?!\d)/;

/** Before there was anything to record. */
const EARLIEST = Date.UTC(2000, 0, 1);

/**
 * When a match was played that only a file is left of: its name says when it began, where it holds a date and a time, else the
 * file's last change says when it ended. What cannot be (the future, a clock that was never set) is taken for now.
 * @param name without its ending
 * @param changedAt epoch milliseconds
 * @param timeZone of the club: names hold the time on its walls
 */
export function matchTime(
  name: string,
  changedAt: number,
  durationSeconds: number,
  timeZone: string,
  now: number,
): MatchTime {
  const durationMs = Math.round(durationSeconds * 1000);
  const named = isUuid(name) ? null : timeInName(name, timeZone);
  const endedAt = named === null ? changedAt : named + durationMs;
  const believed = endedAt >= EARLIEST && endedAt <= now ? endedAt : now;
  return { startedAt: believed - durationMs, endedAt: believed };
}

function timeInName(name: string, timeZone: string): number | null {
  const found = IN_NAME.exec(name);
  if (!found) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const utc = Date.UTC(year, month - 1, day, hour, minute, second);
  const read = new Date(utc);
  const isReal = read.getUTCMonth() === month - 1 && read.getUTCDate() === day && read.getUTCHours() === hour;
  if (!isReal) return null;
  return found[7] === 'Z' ? utc : momentAt({ year, month, day, hour, minute, second }, timeZone);
}
