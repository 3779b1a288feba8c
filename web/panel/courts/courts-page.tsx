import { Group, Skeleton, Text } from '@mantine/core';
import { IconBallTennis, IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useClub, useClubId, useClubs } from '../access/club';
import { isAdmin, useUser } from '../access/use-access';
import { ButtonLink } from '../ui/links';
import { PageTitle } from '../ui/page-title';
import { Empty, Failed } from '../ui/states';
import { isRunning, useCourtStates } from './court-states';
import { CourtTile } from './court-tile';
import classes from './courts.module.css';

/** The wall: every court of the club as it is now. */
export function CourtsPage() {
  const { t } = useTranslation('courts');
  const { t: app } = useTranslation();
  const user = useUser();
  const clubId = useClubId();
  const club = useClub();
  const clubs = useClubs();
  const courts = useCourtStates(clubId);
  if (clubs.isError && !clubs.data) return <Failed error={clubs.error} onRetry={() => void clubs.refetch()} />;
  if (clubs.data?.length === 0) {
    return <Empty icon={<IconBallTennis size={32} />} title={app('noClub')} text={app('noClubHint')} />;
  }
  const list = courts.data ?? [];
  const recording = list.filter((court) => isRunning(court.recording)).length;
  const offline = list.filter((court) => court.camera.online === false).length;
  return (
    <>
      <PageTitle text={club?.name ?? t('title')}>
        {list.length > 0 && (
          <Group gap="md" role="status">
            <Text c="dimmed">{t('summary', { count: list.length })}</Text>
            {recording > 0 && (
              <Text c="var(--record)" fw={600}>
                {t('summaryRecording', { count: recording })}
              </Text>
            )}
            {offline > 0 && (
              <Text c="var(--warn)" fw={600}>
                {t('summaryOffline', { count: offline })}
              </Text>
            )}
          </Group>
        )}
      </PageTitle>
      {courts.isError && !courts.data && <Failed error={courts.error} onRetry={() => void courts.refetch()} />}
      {courts.data?.length === 0 && (
        <Empty
          icon={<IconBallTennis size={32} />}
          title={t('none')}
          text={isAdmin(user) ? t('noneAdmin') : t('nonePlayer')}
        >
          {isAdmin(user) && (
            <ButtonLink to="/admin/courts" leftSection={<IconPlus size={18} />}>
              {t('add')}
            </ButtonLink>
          )}
        </Empty>
      )}
      <div className={classes.wall}>
        {courts.isPending && Array.from({ length: 6 }, (_, i) => <Skeleton key={i} h={240} radius="lg" />)}
        {list.map((court) => (
          <CourtTile key={court.terrain_id} court={court} club={club} />
        ))}
      </div>
    </>
  );
}
