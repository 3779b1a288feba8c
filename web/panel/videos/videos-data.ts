import { queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Club } from '../access/club';
import { answer, api, Schemas } from '../api/client';
import { ApiProblem } from '../api/problem';
import { queries } from '../app/queries';
import { isOnItsWay } from '../compression/compression-data';
import { isRunning } from '../courts/court-states';
import { momentsOf } from './club-days';
import type { VideosSearch } from './videos-search';

export type Video = Schemas['VideoView'];
export type VideoAngle = Video['angles'][number];
export type Session = Schemas['SessionView'];

const PAGE = 24;
const MOST = 200;
const FINISHING_MS = 2_000;
const COMPRESSING_MS = 3_000;
const UPLOADING_MS = 10_000;
const RESTING_MS = 30_000;
const BEING_MADE = ['stopping', 'finalizing'];

/** The club's finished videos as far as one may see them, the newest first, page by page. */
export function useVideos(club: Club | null, search: VideosSearch) {
  return useInfiniteQuery({
    queryKey: ['videos', club?.id ?? null, search],
    queryFn: ({ pageParam: cursor }) => {
      const { id, time_zone } = club as Club;
      const { court: terrain_id, player: user_id } = search;
      const query = {
        ...{ club_id: id, limit: PAGE, ...momentsOf(search, time_zone) },
        ...(terrain_id !== undefined && { terrain_id }),
        ...(user_id !== undefined && { user_id }),
        ...(cursor !== undefined && { cursor }),
      };
      return answer(api.GET('/api/video/files/list', { params: { query } }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    enabled: club !== null,
    staleTime: 30_000,
  });
}

/** The club's courts, for choosing one. */
export function useCourtNames(clubId: number | null) {
  return useQuery({
    queryKey: ['court-names', clubId],
    queryFn: () =>
      all(async (cursor) => {
        const params = { path: { id: clubId as number }, query: { limit: MOST, ...cursor } };
        const { terrains, next_cursor } = await answer(api.GET('/api/clubs/{id}/terrains', { params }));
        return { items: terrains, next_cursor };
      }),
    enabled: clubId !== null,
    staleTime: 60_000,
  });
}

/** The club's people, for choosing one; only admins may ask. */
export function usePeopleNames(clubId: number | null, wanted: boolean) {
  return useQuery({
    queryKey: ['people-names', clubId],
    queryFn: () =>
      all(async (cursor) => {
        const params = { path: { id: clubId as number }, query: { limit: MOST, ...cursor } };
        const { users, next_cursor } = await answer(api.GET('/api/clubs/{id}/users', { params }));
        return { items: users, next_cursor };
      }),
    enabled: clubId !== null && wanted,
    staleTime: 60_000,
  });
}

async function all<T>(
  page: (cursor: { cursor?: string }) => Promise<{ items: readonly T[]; next_cursor?: string | undefined }>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const next = await page(cursor === undefined ? {} : { cursor });
    items.push(...next.items);
    cursor = next.next_cursor;
  } while (cursor !== undefined);
  return items;
}

/** One finished video; `null`: there is none. Its recording says whether there will be. */
export function videoQuery(id: string) {
  return queryOptions({
    queryKey: ['video', id],
    queryFn: async (): Promise<Video | null> => {
      try {
        return (await answer(api.GET('/api/video/files/{id}', { params: { path: { id } } }))).video;
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) return null;
        throw error;
      }
    },
    staleTime: 60_000,
    refetchInterval: ({ state }) => (state.data ? nextLook(state.data) : false),
  });
}

/** Often while it is compressed, or on its way to the club's storage; that such work begins nobody tells. */
function nextLook({ compression, storage }: Video): number {
  if (isOnItsWay(compression)) return COMPRESSING_MS;
  return storage.upload === 'waiting' || storage.upload === 'uploading' ? UPLOADING_MS : RESTING_MS;
}

export function useVideo(id: string) {
  return useQuery(videoQuery(id));
}

/** The match of a video; asked for again while its file is being made. */
export function useMatch(id: string) {
  return useQuery({
    queryKey: ['match', id],
    queryFn: async () => (await answer(api.GET('/api/video/session/{id}', { params: { path: { id } } }))).session,
    staleTime: 60_000,
    refetchInterval: ({ state }) => {
      const recording = state.data?.recording;
      return isBeingMade(recording) || isRunning(recording) ? FINISHING_MS : false;
    },
  });
}

/** Pictures are no longer written, and the file is not there yet. */
export function isBeingMade(recording: Session['recording'] | undefined): boolean {
  return recording != null && BEING_MADE.includes(recording.status);
}

/** The file of a match is there now. */
export async function videoIsMade(id: string): Promise<void> {
  await queries.invalidateQueries({ queryKey: ['video', id] });
  await queries.invalidateQueries({ queryKey: ['videos'] });
}

/** A video is no more. */
export async function videoIsGone(id: string): Promise<void> {
  queries.removeQueries({ queryKey: ['video', id] });
  queries.removeQueries({ queryKey: ['match', id] });
  await queries.invalidateQueries({ queryKey: ['videos'] });
}

/** Everybody who played, whoever opened the court first. */
export function namesOf({ owner, players }: Pick<Video, 'owner' | 'players'>): string {
  return [owner, ...players].map(({ name }) => name).join(', ');
}

/** Whether there is a file of an angle, and one knows where on the match's time it lies. */
export function isThere({ status, offset_seconds }: VideoAngle): boolean {
  return status === 'ready' && offset_seconds !== null;
}

/** From how many cameras there is a video of a match. */
export function anglesOf({ angles }: Pick<Video, 'angles'>): number {
  return 1 + angles.filter(isThere).length;
}

let lastSearch: VideosSearch = {};

/** What the list was narrowed down to last: going back to it leads there. */
export const keptSearch = {
  get: (): VideosSearch => lastSearch,
  set: (search: VideosSearch): void => void (lastSearch = search),
};
