import { useQuery } from '@tanstack/react-query';
import { answer, api, Schemas } from '../api/client';
import { queries } from '../app/queries';

/** How a court is now, as far as one may know. */
export type CourtState = Schemas['CourtStatusView'];

const EVERY_MS = 5_000;
const key = (clubId: number | null) => ['court-states', clubId];

/** All courts of a club as they are now, asked for anew while somebody looks. */
export function useCourtStates(clubId: number | null) {
  return useQuery({
    queryKey: key(clubId),
    queryFn: async () => {
      const params = { path: { id: clubId as number } };
      return (await answer(api.GET('/api/clubs/{id}/terrains/status', { params }))).terrains;
    },
    enabled: clubId !== null,
    refetchInterval: EVERY_MS,
  });
}

/** Something was done to a court: its state is asked for now and not in some seconds. */
export function courtsChanged(): Promise<void> {
  return queries.invalidateQueries({ queryKey: ['court-states'] });
}

/** Nobody has opened it, whether its camera is there or not. */
export function isFree({ state }: Pick<CourtState, 'state'>): boolean {
  return state === 'free' || state === 'offline';
}

/** A recording that goes on. */
export function isRunning(recording: { readonly status: string } | null | undefined): boolean {
  return recording != null && ['starting', 'recording', 'reconnecting'].includes(recording.status);
}
