import { useMutation, useQuery } from '@tanstack/react-query';
import type { LiveMarker, MarkerKind, MarkerMessage } from '../../live';
import { answer, api } from '../api/client';
import { queries } from '../app/queries';

export type Marker = LiveMarker;
export type ChapterState = 'written' | 'waiting' | 'unsupported';

/** Where a moment lies: one of the two, as the API takes it. */
export type Moment = { readonly at_seconds: number } | { readonly seconds_ago: number };

interface Known {
  /** In the order of the match. */
  readonly markers: readonly Marker[];
  /** How the chapters of the file stand to them. */
  readonly chapters: ChapterState;
}

/** The most that the API gives at once; a match has up to 500. */
const PAGE = 200;
const CHAPTERS_MS = 1_000;
const key = (sessionId: string) => ['markers', sessionId];

/**
 * What is marked in a match. Changes are told by the WebSocket where one watches its court.
 * @param options.wanted something was recorded
 * @param options.ofFile it is asked for again until they are the chapters of the file
 */
export function useMarkers(sessionId: string, options: { readonly wanted: boolean; readonly ofFile: boolean }) {
  return useQuery({
    queryKey: key(sessionId),
    queryFn: () => ask(sessionId),
    enabled: options.wanted,
    staleTime: 10_000,
    refetchInterval: ({ state }) => (options.ofFile && state.data?.chapters === 'waiting' ? CHAPTERS_MS : false),
  });
}

async function ask(sessionId: string): Promise<Known> {
  const found: Marker[] = [];
  for (let cursor: string | undefined; ;) {
    const query = { session_id: sessionId, limit: PAGE, ...(cursor !== undefined && { cursor }) };
    const { markers, chapters, next_cursor } = await answer(api.GET('/api/video/markers', { params: { query } }));
    found.push(...markers);
    if (next_cursor === undefined) return { markers: found, chapters };
    cursor = next_cursor;
  }
}

/** Marks a moment. */
export function useMark(sessionId: string, onMarked: (marker: Marker) => void, onFailed: (error: unknown) => void) {
  return useMutation({
    mutationFn: (marked: Moment & { readonly kind: MarkerKind; readonly text?: string }) =>
      answer(api.POST('/api/video/markers', { body: { session_id: sessionId, ...marked } })),
    onSuccess: ({ marker }) => {
      put(sessionId, marker.id, marker);
      onMarked(marker);
    },
    onError: onFailed,
  });
}

export interface MarkerWords {
  readonly kind: MarkerKind;
  readonly text: string | null;
}

/** @throws ApiProblem `not_found`, `forbidden`, `validation_failed`, `not_recording` */
export async function changeMarker({ id, session_id }: Marker, words: MarkerWords): Promise<void> {
  const { marker } = await answer(
    api.PATCH('/api/video/markers/{id}', { params: { path: { id } }, body: { ...words } }),
  );
  put(session_id, id, marker);
}

/** @throws ApiProblem `not_found`, `forbidden` */
export async function deleteMarker({ id, session_id }: Marker): Promise<void> {
  await answer(api.DELETE('/api/video/markers/{id}', { params: { path: { id } } }));
  put(session_id, id, null);
}

/** The WebSocket tells of a change. */
export function markerHeard(sessionId: string, { marker_id, marker }: MarkerMessage): void {
  put(sessionId, marker_id, marker);
}

/** Nothing was told for a while. */
export function markersMayDiffer(sessionId: string): void {
  if (queries.getQueryData(key(sessionId)) !== undefined) void queries.invalidateQueries({ queryKey: key(sessionId) });
}

function put(sessionId: string, id: number, marker: Marker | null): void {
  const known = queries.getQueryData<Known>(key(sessionId));
  // What is on its way may be older than this.
  if (!known || queries.isFetching({ queryKey: key(sessionId) }) > 0) {
    void queries.invalidateQueries({ queryKey: key(sessionId) });
  }
  if (!known) return;
  const markers = inOrder([...known.markers.filter((one) => one.id !== id), ...(marker ? [marker] : [])]);
  const chapters = known.chapters === 'unsupported' ? known.chapters : 'waiting';
  queries.setQueryData<Known>(key(sessionId), { markers, chapters });
}

function inOrder(markers: readonly Marker[]): readonly Marker[] {
  return [...markers].sort((a, b) => a.at_seconds - b.at_seconds || a.id - b.id);
}
