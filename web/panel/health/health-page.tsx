import { Alert, Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useClub, useClubId } from '../access/club';
import { isAdmin, useUser } from '../access/use-access';
import { NotFound } from '../app/faults';
import { PageTitle } from '../ui/page-title';
import { Failed } from '../ui/states';
import { CourtStrips } from './court-strips';
import { DiskCard } from './disk-card';
import { Figures } from './figures';
import { useHealth, useOutages, useOverview, useStats } from './health-data';
import classes from './health.module.css';
import { OverviewCard } from './overview-card';
import { TasksCard } from './tasks-card';
import './bring-texts';

/** Whether everything is there that a match needs: cameras, room, the service itself. */
export function HealthPage() {
  const { t } = useTranslation('health');
  const user = useUser();
  const clubId = useClubId();
  const club = useClub();
  const health = useHealth();
  const outages = useOutages(isAdmin(user) ? clubId : null);
  const stats = useStats(isAdmin(user) ? clubId : null);
  const overview = useOverview(user.role === 'SUPER_ADMIN');
  if (!isAdmin(user)) return <NotFound />;
  if (health.isError && !health.data) return <Failed error={health.error} onRetry={() => void health.refetch()} />;
  return (
    <>
      <PageTitle text={t('title')} />
      {health.data ? (
        <>
          <Verdict status={health.data.status} />
          <Figures health={health.data} courts={outages.data ?? null} />
        </>
      ) : (
        <Skeleton h={120} radius="lg" mb="md" />
      )}
      {outages.isError && <Failed error={outages.error} onRetry={() => void outages.refetch()} />}
      {outages.isPending && clubId !== null && <Skeleton h={240} radius="lg" />}
      {outages.data && outages.data.length > 0 && <CourtStrips courts={outages.data} timeZone={club?.time_zone} />}
      <div className={classes.two}>
        {health.data?.details?.disk && <DiskCard disk={health.data.details.disk} stats={stats.data ?? null} />}
        {health.data?.details && <TasksCard details={health.data.details} />}
      </div>
      {overview.data && overview.data.length > 1 && <OverviewCard clubs={overview.data} />}
    </>
  );
}

function Verdict({ status }: { readonly status: string }) {
  const { t } = useTranslation('health');
  const good = status === 'ok';
  const text = good ? t('good') : status === 'degraded' ? t('degraded') : t('unavailable');
  return (
    <Alert
      mb="md"
      role="status"
      color={good ? 'court' : status === 'degraded' ? 'yellow' : 'red'}
      icon={good ? <IconCircleCheck /> : <IconAlertTriangle />}
      title={text}
    />
  );
}
