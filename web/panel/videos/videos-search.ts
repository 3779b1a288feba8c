import { isDay } from './club-days';

/** What the list of videos is narrowed down to, as it stands in the address. */
export interface VideosSearch {
  readonly court?: number;
  readonly player?: number;
  /** Days of the club, both in it. */
  readonly from?: string;
  readonly to?: string;
}

/** Of an address that anybody may have typed: what makes no sense is left out. */
export function videosSearch(raw: { readonly [Key in keyof VideosSearch]?: unknown }): VideosSearch {
  const [court, player] = [idOf(raw.court), idOf(raw.player)];
  return {
    ...(court !== undefined && { court }),
    ...(player !== undefined && { player }),
    ...(isDay(raw.from) && { from: raw.from }),
    ...(isDay(raw.to) && { to: raw.to }),
  };
}

function idOf(raw: unknown): number | undefined {
  return typeof raw === 'number' && Number.isInteger(raw) && raw > 0 && raw <= 2_147_483_647 ? raw : undefined;
}
