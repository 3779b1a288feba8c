import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client';

export const storageKey = (clubId: number) => ['storage', clubId] as const;

/** Where else a club keeps its videos, and how many are there. */
export function useStorage(clubId: number) {
  return useQuery({
    queryKey: storageKey(clubId),
    queryFn: () => answer(api.GET('/api/clubs/{clubId}/storage', { params: { path: { clubId } } })),
    refetchInterval: ({ state }) => ((state.data?.counts.waiting ?? 0) > 0 ? 10_000 : false),
  });
}
