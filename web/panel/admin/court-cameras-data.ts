import { useQuery } from '@tanstack/react-query';
import type { useTranslation } from 'react-i18next';
import { answer, api, type Schemas } from '../api/client';
import type { Court } from './court-data';

export type CourtCamera = Schemas['CourtCameraView'];

/** So many a court may have, the main one with them. */
export const MOST_CAMERAS = 4;
export const MAIN = 0;

/** The cameras of a court, the main one first. */
export function useCourtCameras(court: Court) {
  return useQuery({
    queryKey: ['court-cameras', court.id],
    queryFn: async () =>
      (await answer(api.GET('/api/terrains/{id}/cameras', { params: { path: { id: court.id } } }))).cameras,
    placeholderData: court.cameras,
  });
}

/** @throws ApiProblem `camera_address_forbidden`, `camera_scheme_unsupported`, `camera_limit` */
export async function saveCamera(
  courtId: number,
  known: CourtCamera | null,
  { name, cameraUrl }: { readonly name: string | null; readonly cameraUrl: string | null },
): Promise<CourtCamera> {
  if (known === null) {
    const body = { name, camera_url: cameraUrl ?? '' };
    const params = { path: { id: courtId } };
    return (await answer(api.POST('/api/terrains/{id}/cameras', { params, body }))).camera;
  }
  const body = { ...(name !== known.name && { name }), ...(cameraUrl !== null && { camera_url: cameraUrl }) };
  if (Object.keys(body).length === 0) return known;
  const params = { path: { id: courtId, position: known.position } };
  return (await answer(api.PATCH('/api/terrains/{id}/cameras/{position}', { params, body }))).camera;
}

/** What a camera is called here: by its name, or which one it is. */
export function cameraName(
  { name, position }: Pick<CourtCamera, 'name' | 'position'>,
  t: ReturnType<typeof useTranslation<'cameras'>>['t'],
): string {
  return name ?? (position === MAIN ? t('main') : t('nth', { number: String(position + 1) }));
}
