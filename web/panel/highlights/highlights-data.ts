import { useMutation, useQuery } from '@tanstack/react-query';
import { answer, api, Schemas } from '../api/client';
import { queries } from '../app/queries';

/** A stretch of a match that somebody kept, as a file of its own. */
export type Highlight = Schemas['HighlightView'];

/** What is to be kept: the last seconds of a match that is recorded, or a stretch. */
export type Wanted =
  | { readonly seconds: number }
  | { readonly start_seconds: number; readonly end_seconds: number; readonly text?: string };

/** What the service makes, in seconds. */
export const SHORTEST_SECONDS = 1;
export const LONGEST_SECONDS = 600;

const BASE = '/api/video/highlights';
/** A session has at most as many. */
const PAGE = 200;
const MAKING_MS = 1_000;
const key = (sessionId: string) => ['highlights', sessionId];

/** Both are for elements that load by themselves. */
export const highlightUrl = ({ id }: Pick<Highlight, 'id'>): string => `${BASE}/${id}/download`;
export const pictureUrl = ({ id }: Pick<Highlight, 'id'>): string => `${BASE}/${id}/thumbnail.jpg`;

/** One that has been asked for and is not there yet. */
export function isOnItsWay({ status }: Pick<Highlight, 'status'>): boolean {
  return status === 'waiting' || status === 'making';
}

/** What was kept of a match; asked for again while one is being made. */
export function useHighlights(sessionId: string) {
  return useQuery({
    queryKey: key(sessionId),
    queryFn: async () => {
      const query = { session_id: sessionId, limit: PAGE };
      return (await answer(api.GET('/api/video/highlights', { params: { query } }))).highlights;
    },
    staleTime: 10_000,
    refetchInterval: ({ state }) => (state.data?.some(isOnItsWay) ? MAKING_MS : false),
  });
}

/** Asks for one to be made. */
export function useKeep(sessionId: string, onAsked: (highlight: Highlight) => void) {
  return useMutation({
    mutationFn: async (wanted: Wanted) => {
      const body = { session_id: sessionId, ...wanted };
      return (await answer(api.POST('/api/video/highlights', { body }))).highlight;
    },
    onSuccess: async (highlight) => {
      onAsked(highlight);
      await othersNow(sessionId);
    },
    // Where only the answer was lost, it is on its way all the same.
    onError: () => highlightsMayDiffer(sessionId),
  });
}

/** @throws ApiProblem `not_found`, `forbidden`, `validation_failed` */
export async function renameHighlight({ id, session_id }: Highlight, text: string | null): Promise<void> {
  await answer(api.PATCH('/api/video/highlights/{id}', { params: { path: { id } }, body: { text } }));
  await othersNow(session_id);
}

/** @throws ApiProblem `not_found`, `forbidden` */
export async function deleteHighlight({ id, session_id }: Highlight): Promise<void> {
  await answer(api.DELETE('/api/video/highlights/{id}', { params: { path: { id } } }));
  await othersNow(session_id);
}

/** The list may be another one than was heard of last: the connection was away. */
export function highlightsMayDiffer(sessionId: string): void {
  void othersNow(sessionId);
}

function othersNow(sessionId: string): Promise<void> {
  return queries.invalidateQueries({ queryKey: key(sessionId) });
}
