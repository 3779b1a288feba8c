import type { Club } from '../access/club';
import type { Schemas } from '../api/client';

/** What the form of a club's settings holds. */
export type Settings = Required<
  Pick<
    Club,
    | 'name'
    | 'time_zone'
    | 'consent_note'
    | 'retention_days'
    | 'registration_open'
    | 'sharing_enabled'
    | 'players_book'
    | 'max_sessions'
    | 'quota_bytes'
    | 'camera_networks'
    | 'compression'
    | 'compression_crf'
    | 'compression_after_minutes'
  >
>;

export function settingsOf(club: Club): Settings {
  const { name, time_zone, consent_note, retention_days, registration_open, max_sessions, quota_bytes } = club;
  const { sharing_enabled, players_book, compression, compression_crf, compression_after_minutes } = club;
  const rest = {
    registration_open,
    sharing_enabled,
    players_book,
    max_sessions,
    quota_bytes,
    camera_networks: club.camera_networks ?? null,
    ...{ compression, compression_crf, compression_after_minutes },
  };
  return { name, time_zone, consent_note, retention_days, ...rest };
}

/** Only what is another now: what a club's admin may not set must not be sent, and the trail names what changed. */
export function changesOf(before: Settings, after: Settings): Schemas['UpdateClubDto'] {
  const keys = Object.keys(before) as (keyof Settings)[];
  const changed = keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  return Object.fromEntries(changed.map((key) => [key, after[key]]));
}

/** What others changed since, where nothing else was typed. */
export function takenOver(before: Settings, typed: Settings, now: Settings): Settings {
  const keys = Object.keys(before) as (keyof Settings)[];
  const untouched = keys.filter((key) => JSON.stringify(before[key]) === JSON.stringify(typed[key]));
  return { ...typed, ...Object.fromEntries(untouched.map((key) => [key, now[key]])) };
}

/** Whether a limit is tighter than before, so that videos may go. */
export function isTighter(before: number | null, after: number | null): boolean {
  return after !== null && (before === null || after < before);
}
