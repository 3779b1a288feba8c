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
  await Promise.all(['admin-courts', 'court-states'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
}

/** @throws ApiProblem `camera_address_forbidden`, `camera_scheme_unsupported`, `validation_failed` */
export function saveCourt(
  clubId: number,
  known: Court | null,
  change: { readonly name: string; readonly cameraUrl: string | null; readonly recordSound: boolean },
): Promise<Court> {
  const { name, cameraUrl, recordSound } = change;
  if (known === null) {
    const body = { name, camera_url: cameraUrl ?? '', record_sound: recordSound };
    return answer(api.POST('/api/clubs/{id}/terrains', { params: { path: { id: clubId } }, body }));
  }
  const body = {
    ...(name !== known.name && { name }),
    ...(cameraUrl !== null && { camera_url: cameraUrl }),
    ...(recordSound !== known.record_sound && { record_sound: recordSound }),
  };
  if (Object.keys(body).length === 0) return Promise.resolve(known);
  return answer(api.PATCH('/api/terrains/{id}', { params: { path: { id: known.id } }, body }));
}
