import { useQuery } from '@tanstack/react-query';
import { answer, api, Schemas } from '../api/client';

export type Activity = Pick<Schemas['ActivityAnswer'], 'seconds' | 'bucket_seconds' | 'scores'>;

/** Points that a graph as wide as a screen can show. */
const POINTS = 300;
const RUNNING_MS = 10_000;

/** How much moved in a match; while it is recorded, asked for again every ten seconds. */
export function useActivity(sessionId: string, wanted: boolean, running: boolean) {
  return useQuery({
    queryKey: ['activity', sessionId, running],
    queryFn: () => {
      const params = { path: { session_id: sessionId }, query: { buckets: POINTS } };
      return answer(api.GET('/api/recording/{session_id}/activity', { params }));
    },
    enabled: wanted,
    staleTime: running ? 0 : 60_000,
    refetchInterval: running ? RUNNING_MS : false,
  });
}
