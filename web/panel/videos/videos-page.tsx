import { Button, Loader, Skeleton, VisuallyHidden } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { IconBallTennis, IconFilterOff, IconMovie } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useClub, useClubs } from '../access/club';
import { isAdmin, useUser } from '../access/use-access';
import { day } from '../i18n/format';
import { ButtonLink } from '../ui/links';
import { PageTitle } from '../ui/page-title';
import { Empty, Failed } from '../ui/states';
import { byDay, dayOf } from './club-days';
import { Filters } from './filters';
import { VideoCard } from './video-card';
import { keptSearch, useVideos, type Video } from './videos-data';
import type { VideosSearch } from './videos-search';
import classes from './videos.module.css';
import './bring-texts';

/** The club's finished videos, day by day. */
export function VideosPage() {
  const { t } = useTranslation('videos');
  const { t: app } = useTranslation();
  const clubs = useClubs();
  const club = useClub();
  const search = useSearch({ from: '/inside/videos' });
  const navigate = useNavigate({ from: '/videos' });
  const list = useVideos(club, search);
  const change = (next: VideosSearch): void => void navigate({ search: next, replace: true });
  useEffect(() => keptSearch.set(search), [search]);
  useOtherClub(club?.id ?? null, () => change({}));
  const videos = list.data?.pages.flatMap((page) => page.videos) ?? [];
  const courtsListed = useCourtsListed(videos, club?.id ?? null);
  if (clubs.isError) return <Failed error={clubs.error} onRetry={() => void clubs.refetch()} />;
  if (clubs.data?.length === 0) {
    return <Empty icon={<IconBallTennis size={32} />} title={app('noClub')} text={app('noClubHint')} />;
  }
  const filtered = Object.keys(search).length > 0;
  const empty = list.isSuccess && videos.length === 0;
  return (
    <>
      <PageTitle text={t('title')} />
      {club && (!empty || filtered) && (
        <Filters club={club} search={search} courtsListed={courtsListed} onChange={change} />
      )}
      <VisuallyHidden role="status">{list.isSuccess && t('shown', { count: videos.length })}</VisuallyHidden>
      {list.isError && !list.data && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {empty && (filtered ? <NoMatch onClear={() => change({})} /> : <NoVideos />)}
      {list.isPending && <Skeletons />}
      {club &&
        byDay(videos, club.time_zone).map(({ day: date, items }) => (
          <section key={date} aria-labelledby={`day-${date}`}>
            <h2 className={classes.day} id={`day-${date}`}>
              <DayName date={date} moment={items[0]?.created_at ?? ''} timeZone={club.time_zone} />
            </h2>
            <ul className={classes.grid}>
              {items.map((video) => (
                <li key={video.session_id}>
                  <VideoCard video={video} timeZone={club.time_zone} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      <More list={list} />
    </>
  );
}

/** The courts of all videos that were listed, also of those that the next choice leaves out. */
function useCourtsListed(videos: readonly Video[], clubId: number | null): ReadonlyMap<number, string> {
  const known = useRef({ clubId, names: new Map<number, string>() });
  if (known.current.clubId !== clubId) known.current = { clubId, names: new Map() };
  for (const { terrain_id, terrain_name, club_id } of videos) {
    if (club_id === clubId) known.current.names.set(terrain_id, terrain_name);
  }
  return known.current.names;
}

/** Courts and people of one club say nothing in another. */
function useOtherClub(clubId: number | null, onOther: () => void): void {
  const last = useRef(clubId);
  useEffect(() => {
    if (last.current !== null && clubId !== null && last.current !== clubId) onOther();
    last.current = clubId ?? last.current;
  });
}

function DayName(props: { readonly date: string; readonly moment: string; readonly timeZone: string }) {
  const { date, moment, timeZone } = props;
  const { t } = useTranslation('videos');
  const now = Date.now();
  const name = day(moment, timeZone);
  if (date === dayOf(now, timeZone)) return `${t('today')}, ${name}`;
  if (date === dayOf(now - 24 * 3_600_000, timeZone)) return `${t('yesterday')}, ${name}`;
  return date.slice(0, 4) === dayOf(now, timeZone).slice(0, 4) ? name : `${name} ${date.slice(0, 4)}`;
}

function NoVideos() {
  const { t } = useTranslation('videos');
  const { t: app } = useTranslation();
  const user = useUser();
  return (
    <Empty icon={<IconMovie size={32} />} title={t('none')} text={isAdmin(user) ? t('noneAdmin') : t('nonePlayer')}>
      <ButtonLink to="/courts">{app('toCourts')}</ButtonLink>
    </Empty>
  );
}

function NoMatch({ onClear }: { readonly onClear: () => void }) {
  const { t } = useTranslation('videos');
  return (
    <Empty icon={<IconFilterOff size={32} />} title={t('noMatch')} text={t('noMatchHint')}>
      <Button onClick={onClear}>{t('clear')}</Button>
    </Empty>
  );
}

function Skeletons() {
  return (
    <div className={classes.grid} aria-hidden>
      {Array.from({ length: 8 }, (_, i) => (
        <Skeleton key={i} h={250} radius="lg" />
      ))}
    </div>
  );
}

/** The next page comes by itself when one gets there; the button is for those who do not scroll. */
function More({ list }: { readonly list: ReturnType<typeof useVideos> }) {
  const { t } = useTranslation();
  const { ref, entry } = useIntersection({ rootMargin: '600px' });
  const { hasNextPage, isFetching, isFetchNextPageError, error, fetchNextPage } = list;
  const near = entry?.isIntersecting === true;
  useEffect(() => {
    if (near && hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [near, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);
  if (!hasNextPage) return null;
  return (
    <div ref={ref} className={classes.end}>
      {isFetchNextPageError && <Failed error={error} onRetry={() => void fetchNextPage()} />}
      {list.isFetchingNextPage ? (
        <Loader aria-label={t('loading')} />
      ) : (
        !isFetchNextPageError && (
          <Button variant="default" onClick={() => void fetchNextPage()}>
            {t('more')}
          </Button>
        )
      )}
    </div>
  );
}
