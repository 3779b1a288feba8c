import { Loader, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Navigate, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { auth } from '../access/auth';
import { Door } from '../access/door';
import { useRegistration } from '../access/register-page';
import { useAccess } from '../access/use-access';
import { ButtonLink, TextLink } from '../ui/links';
import { ApiProblem } from '../api/problem';
import { inWords } from '../i18n/problems';
import { sayFailed } from '../ui/say';
import { Failed } from '../ui/states';
import { joinMatch } from './join-form';
import './bring-texts';

/** Behind the code at a court, and behind that of a match: `/c/<club>/<court>#<code of the match>`. */
export function ScannedPage() {
  const { clubId, courtId } = useParams({ from: '/c/$clubId/$courtId' });
  const access = useAccess();
  if (access.phase === 'in') return <Arrived clubId={Number(clubId)} courtId={courtId} />;
  if (access.phase === 'starting') return <Loader m="xl" />;
  return <Welcome clubId={clubId} courtId={courtId} />;
}

function Welcome({ clubId, courtId }: { readonly clubId: string; readonly courtId: string }) {
  const { t } = useTranslation('court');
  const { t: door } = useTranslation('access');
  const registration = useRegistration(Number(clubId) || 0);
  const to = `/c/${clubId}/${courtId}${location.hash}`;
  return (
    <Door title={registration.data?.name ?? t('welcome')} hint={t('welcomeHint')}>
      <ButtonLink to="/sign-in" search={{ to }} size="lg">
        {door('signIn')}
      </ButtonLink>
      {registration.data && (
        <ButtonLink to="/register/$clubId" params={{ clubId }} size="lg" variant="default">
          {door('register')}
        </ButtonLink>
      )}
      {registration.isError && (
        <Text size="sm" c="dimmed">
          {inWords(registration.error, { not_found: door('registrationClosed') })}
        </Text>
      )}
    </Door>
  );
}

/** Signed in: to the club of the court, into the match where there is a code of one, and on to the court. */
function Arrived({ clubId, courtId }: { readonly clubId: number; readonly courtId: string }) {
  const { t } = useTranslation('court');
  const { t: app } = useTranslation();
  const { user } = useAccess();
  const code = /^#([A-Z0-9]{4,12})$/.exec(location.hash)?.[1];
  const arriving = useQuery({
    queryKey: ['arriving', clubId, code],
    queryFn: async () => {
      const member = user?.memberships.some((membership) => membership.club_id === clubId) === true;
      if (user?.role !== 'SUPER_ADMIN') {
        if (!member) return false;
        if (user?.club_id !== clubId) await auth.switchClub(clubId);
      }
      // A match that is over is no reason not to show its court.
      if (code !== undefined) await joinMatch(code).catch(sayUnlessOver);
      return true;
    },
    staleTime: 0,
    gcTime: 0,
  });
  if (arriving.data === true) return <Navigate to="/courts/$courtId" params={{ courtId }} replace />;
  if (arriving.isError) return <Failed error={arriving.error} onRetry={() => void arriving.refetch()} />;
  if (arriving.isPending) return <Loader m="xl" aria-label={app('loading')} />;
  return (
    <Door title={t('welcome')} hint={t('otherClub')}>
      <TextLink to="/courts">{app('toCourts')}</TextLink>
    </Door>
  );
}

/** A match that is over is no news to who scans its code; that it is full, or that there is no network, is. */
function sayUnlessOver(error: unknown): void {
  if (!(error instanceof ApiProblem && error.code === 'not_found')) sayFailed(error);
}
