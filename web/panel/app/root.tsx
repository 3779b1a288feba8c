import { Center, Loader } from '@mantine/core';
import { Outlet, useMatches } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { auth } from '../access/auth';
import { useAccess } from '../access/use-access';
import { ConfirmProvider } from '../ui/confirm';
import { Failed } from '../ui/states';
import { ApiProblem, NETWORK } from '../api/problem';

/** Pages behind the sign-in wait until it is known who is there; the router leads whoever is not signed in to the form. */
export function Root() {
  return (
    <ConfirmProvider>
      <Gate />
    </ConfirmProvider>
  );
}

function Gate() {
  const access = useAccess();
  const { t } = useTranslation();
  const inside = useMatches({ select: (matches) => matches.some(({ routeId }) => routeId === '/inside') });
  if (!inside || access.phase === 'in') return <Outlet />;
  if (access.phase === 'unreachable') {
    const problem = new ApiProblem(0, NETWORK, '');
    return <Failed error={problem} onRetry={() => void auth.resume()} />;
  }
  return (
    <Center mih="60dvh">
      <Loader aria-label={t('loading')} />
    </Center>
  );
}
