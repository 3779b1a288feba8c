import { Button, Center, Loader } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Failed } from '../ui/states';

interface Page {
  readonly next_cursor?: string | undefined;
}

/** A list that comes page by page. */
export function useEndless<Answer extends Page, Item>(props: {
  readonly key: QueryKey;
  readonly ask: (page: { readonly cursor?: string }) => Promise<Answer>;
  readonly itemsOf: (answer: Answer) => readonly Item[];
  readonly enabled?: boolean;
  /** After how long it is asked for again by itself, in milliseconds; left out: not. */
  readonly askAgainMs?: (items: readonly Item[]) => number;
}) {
  const { key, ask, itemsOf, enabled = true, askAgainMs } = props;
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => ask(pageParam === '' ? {} : { cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor,
    enabled,
    refetchInterval: ({ state }) => askAgainMs?.(state.data?.pages.flatMap(itemsOf) ?? []) ?? false,
  });
  return { query, items: query.data?.pages.flatMap(itemsOf) };
}

/** The end of a list: the next page comes when it is seen, or by the button. */
export function More({ query }: { readonly query: ReturnType<typeof useEndless>['query'] }) {
  const { t } = useTranslation();
  const { ref, entry } = useIntersection({ rootMargin: '300px' });
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const due = entry?.isIntersecting === true && hasNextPage && !isFetchingNextPage && !isFetchNextPageError;
  useEffect(() => {
    if (due) void fetchNextPage();
  }, [due, fetchNextPage]);
  if (isFetchNextPageError) return <Failed error={query.error} onRetry={() => void fetchNextPage()} />;
  if (!hasNextPage) return null;
  return (
    <Center ref={ref} py="md">
      {isFetchingNextPage ? (
        <Loader role="status" aria-label={t('loading')} />
      ) : (
        <Button variant="default" onClick={() => void fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </Center>
  );
}
