import { auth } from '../access/auth';
import { answer, api, type Schemas } from '../api/client';
import { ApiProblem } from '../api/problem';
import { saveFile } from '../ui/save-file';
import { useEndless } from './endless';
import { startOfDay } from './zone-day';

export type Entry = Schemas['AuditEntryView'];

/** What somebody looks for; empty: no matter. */
export interface AuditSearch {
  readonly action: string;
  readonly actor: string;
  readonly target: string;
  /** Days of the club: `2026-05-01`. */
  readonly from: string;
  readonly to: string;
  /** Of all clubs, and of the service itself: for a SUPER_ADMIN. */
  readonly everywhere: boolean;
}

export const ANYTHING: AuditSearch = { action: '', actor: '', target: '', from: '', to: '', everywhere: false };

/** The same as the service is asked. */
export function queryOf(search: AuditSearch, clubId: number, timeZone: string) {
  const { action, actor, target, everywhere } = search;
  const [from, to] = [startOfDay(search.from, timeZone), startOfDay(search.to, timeZone, 1)];
  return {
    ...(!everywhere && { club_id: clubId }),
    ...(action !== '' && { action }),
    ...(actor !== '' && { actor_id: Number(actor) }),
    ...(target.trim() !== '' && { target: target.trim() }),
    ...(from !== null && { from }),
    ...(to !== null && { to }),
  };
}

type Query = ReturnType<typeof queryOf>;

/** Lines of the trail, newest first. */
export function useAudit(query: Query) {
  return useEndless({
    key: ['audit', query],
    ask: (page) => answer(api.GET('/api/audit', { params: { query: { ...query, ...page } } })),
    itemsOf: ({ entries }) => entries,
  });
}

/**
 * Saves the same as a file for spreadsheets.
 * @throws ApiProblem; TypeError where the answer broke off
 */
export async function exportAudit(query: Query): Promise<void> {
  const asked = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const response = await auth.fetch(new Request(`/api/audit/export.csv?${asked}`));
  if (!response.ok) throw await ApiProblem.of(response);
  saveFile(await response.blob(), 'padelvar-audit.csv');
}
