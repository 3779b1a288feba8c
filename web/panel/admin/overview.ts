import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { auth } from '../access/auth';
import { ApiProblem } from '../api/problem';

/** How a club is, in figures. */
export interface ClubFigures {
  readonly club_id: number;
  readonly courts: number;
  readonly cameras_offline: number;
  readonly open_sessions: number;
  readonly recordings: number;
  readonly videos: number;
  readonly bytes: number;
}

interface Page {
  readonly clubs: readonly ClubFigures[];
  readonly next_cursor?: string | null;
}

async function ask(cursor: string): Promise<Page> {
  const query = new URLSearchParams({ limit: '100', ...(cursor !== '' && { cursor }) });
  const response = await auth.fetch(new Request(`/api/clubs/overview?${query}`));
  if (!response.ok) throw await ApiProblem.of(response);
  return (await response.json()) as Page;
}

/**
 * Figures of as many clubs as are listed, by the clubs' ids. They are an addition: where they cannot be had, clubs are
 * listed without them and nobody is alarmed.
 */
export function useOverview(wanted: number): ReadonlyMap<number, ClubFigures> {
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = useInfiniteQuery({
    queryKey: ['clubs-overview'],
    queryFn: ({ pageParam }) => ask(pageParam),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchInterval: (query) => (query.state.status === 'error' ? false : 30_000),
    retry: false,
  });
  const figures = data?.pages.flatMap(({ clubs }) => clubs) ?? [];
  const due = hasNextPage && !isFetching && !isError && figures.length < wanted;
  useEffect(() => {
    if (due) void fetchNextPage();
  }, [due, fetchNextPage]);
  return new Map(figures.map((one) => [one.club_id, one]));
}
