import { dayOf } from './club-days';

/** Above this a page would hold too much: what a script fetches is in memory until it is saved. */
const MOST_IN_PAGE = 500_000_000;
/** A phone ends pages long before that. */
const MOST_ON_PHONE = 150_000_000;

/**
 * Whether a file is fetched by the page, which shows how far it is, and goes on after a fault. Otherwise the browser's own
 * download manager does it: it writes to disk as it goes, and goes on when the page is left.
 */
export function fitsInPage(bytes: number, onPhone: boolean): boolean {
  return bytes <= (onPhone ? MOST_ON_PHONE : MOST_IN_PAGE);
}

/** `Court 1 2026-05-01 21h02.mp4`: what a file is called at the person's, by the club's clock. */
export function savedName(court: string, moment: string, timeZone: string): string {
  const options = { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const time = new Intl.DateTimeFormat('en-GB', options).format(new Date(moment)).replace(':', 'h');
  // No file system takes all of these.
  const name = court.replace(/[\\/:*?"<>|\p{Cc}]+/gu, '-').trim();
  return `${name} ${dayOf(moment, timeZone)} ${time}.mp4`;
}
