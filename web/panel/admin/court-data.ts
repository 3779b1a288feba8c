import { answer, api, type Schemas } from '../api/client';
import { queries } from '../app/queries';
import { useEndless } from './endless';

export type Court = Schemas['CourtView'];

/** Beyond this many a club has a second page. */
const LIMIT = 100;

/** A club's courts with what may be known of their cameras. */
export function useCourts(clubId: number) {
  return useEndless({
    key: ['admin-courts', clubId],
    ask: (page) => {
      const params = { path: { id: clubId }, query: { limit: LIMIT, ...page } };
      return answer(api.GET('/api/clubs/{id}/terrains', { params }));
    },
    itemsOf: ({ terrains }) => terrains,
  });
}

/** Courts were added, changed or deleted: here and on the wall. */
export async function courtsAreOthers(): Promise<void> {
  const keys = ['admin-courts', 'court-cameras', 'court-states'];
  await Promise.all(keys.map((key) => queries.invalidateQueries({ queryKey: [key] })));
}

/** @throws ApiProblem `camera_address_forbidden`, `camera_scheme_unsupported`, `validation_failed` */
export function saveCourt(
  clubId: number,
  known: Court | null,
  change: {
    readonly name: string;
    readonly cameraUrl: string | null;
    readonly autoStopMinutes: number | null;
    readonly recordSound: boolean;
  },
): Promise<Court> {
  const { name, cameraUrl, autoStopMinutes: auto_stop_minutes, recordSound: record_sound } = change;
  if (known === null) {
    const body = { name, camera_url: cameraUrl ?? '', auto_stop_minutes, record_sound };
    return answer(api.POST('/api/clubs/{id}/terrains', { params: { path: { id: clubId } }, body }));
  }
  const body = {
    ...(name !== known.name && { name }),
    ...(cameraUrl !== null && { camera_url: cameraUrl }),
    ...(auto_stop_minutes !== known.auto_stop_minutes && { auto_stop_minutes }),
    ...(record_sound !== known.record_sound && { record_sound }),
  };
  if (Object.keys(body).length === 0) return Promise.resolve(known);
  return answer(api.PATCH('/api/terrains/{id}', { params: { path: { id: known.id } }, body }));
}
