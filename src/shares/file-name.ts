/** What a saved match is called after. */
export interface NamedMatch {
  readonly clubName: string;
  readonly courtName: string;
  readonly at: Date;
  readonly timeZone: string;
}

/** Characters of a part; names may have 120. */
const MOST = 40;

/** `padel-du-lac-court-1-2026-11-03.mp4`: letters, digits and hyphens, good in any header and on any disk. */
export function fileNameOf({ clubName, courtName, at, timeZone }: NamedMatch): string {
  // The Swedish way of writing a day is ISO 8601's.
  const day = new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeZone }).format(at);
  return `${[plain(clubName), plain(courtName), day].filter((part) => part !== '').join('-')}.mp4`;
}

function plain(name: string): string {
  const letters = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .toLowerCase();
  return letters.slice(0, MOST).replace(/^-+|-+$/g, '');
}
