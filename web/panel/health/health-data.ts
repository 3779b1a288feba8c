import { useQuery } from '@tanstack/react-query';
import { answer, api, Schemas } from '../api/client';
import { ApiProblem } from '../api/problem';

export type Health = Schemas['HealthView'];
export type CourtOutages = Schemas['CourtOutagesView'];

export const DAYS = 30;
const EVERY_MS = 10_000;

/** How the service is. An answer of 503 is one too: that it cannot record is what one wants to know. */
export function useHealth() {
  return useQuery({
    queryKey: ['health'],
    queryFn: async (): Promise<Health> => {
      const { data, error, response } = await api.GET('/api/video/health');
      if (data) return data;
      // Of a problem `status` is a number.
      const status = typeof error === 'object' && error !== null ? (error as { status?: unknown }).status : null;
      if (typeof status === 'string') return error as unknown as Health;
      throw await ApiProblem.of(response, error);
    },
    refetchInterval: EVERY_MS,
  });
}

export function useOutages(clubId: number | null) {
  return useQuery({
    queryKey: ['outages', clubId],
    queryFn: async () => {
      const params = { path: { id: clubId as number }, query: { days: DAYS } };
      return (await answer(api.GET('/api/clubs/{id}/terrains/outages', { params }))).terrains;
    },
    enabled: clubId !== null,
    refetchInterval: EVERY_MS,
  });
}

export function useStats(clubId: number | null) {
  return useQuery({
    queryKey: ['stats', clubId],
    queryFn: () => answer(api.GET('/api/video/files/stats', { params: { query: { club_id: clubId as number } } })),
    enabled: clubId !== null,
  });
}

/** All clubs at a glance; a hundred at most, which a page can show. */
export function useOverview(wanted: boolean) {
  return useQuery({
    queryKey: ['overview'],
    queryFn: async () => (await answer(api.GET('/api/clubs/overview', { params: { query: { limit: 100 } } }))).clubs,
    enabled: wanted,
    refetchInterval: EVERY_MS,
  });
}
