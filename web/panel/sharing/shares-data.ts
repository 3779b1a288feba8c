import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { answer, api, type Schemas } from '../api/client';
import { queries } from '../app/queries';

export type Share = Schemas['ShareView'];
export type NewShare = Schemas['NewShareView'];

/** The match that is shared, as far as its links are concerned. */
export interface SharedMatch {
  readonly sessionId: string;
  /** One highlight of it; else all of it. */
  readonly highlightId?: string;
  readonly clubId: number;
  readonly ownerId: number;
  readonly court: string;
  /** ISO 8601. */
  readonly at: string;
  readonly timeZone: string;
}

const MAKING_MS = 5_000;

/** Its film with the logo is on its way. */
function isBeingMade({ state, branding }: Share): boolean {
  return state === 'live' && (branding === 'waiting' || branding === 'making');
}

const key = (sessionId: string) => ['shares', sessionId];

/** The links of a match, newest first. */
export function useShares(sessionId: string) {
  return useInfiniteQuery({
    queryKey: key(sessionId),
    queryFn: ({ pageParam: cursor }) => {
      const query = { session_id: sessionId, limit: 20, ...(cursor !== undefined && { cursor }) };
      return answer(api.GET('/api/video/shares', { params: { query } }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchInterval: ({ state }) => {
      const shares = state.data?.pages.flatMap((page) => page.shares) ?? [];
      return shares.some(isBeingMade) ? MAKING_MS : false;
    },
  });
}

/** Makes a link. */
export function useMakeShare({ sessionId, highlightId }: SharedMatch) {
  const thing = highlightId === undefined ? { session_id: sessionId } : { highlight_id: highlightId };
  return useMutation({
    mutationFn: async (wanted: Omit<Schemas['CreateShareDto'], 'session_id' | 'highlight_id'>) =>
      (await answer(api.POST('/api/video/shares', { body: { ...thing, ...wanted } }))).share,
    onSuccess: () => queries.invalidateQueries({ queryKey: key(sessionId) }),
  });
}

/** Takes a link back. */
export function useRevokeShare(sessionId: string) {
  return useMutation({
    mutationFn: (id: number) => answer(api.DELETE('/api/video/shares/{id}', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: key(sessionId) }),
  });
}
