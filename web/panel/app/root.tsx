import { Center, Loader } from '@mantine/core';
import { Navigate, Outlet, useLocation, useMatches } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { auth } from '../access/auth';
import { useAccess } from '../access/use-access';
import { Failed } from '../ui/states';
import { ApiProblem, NETWORK } from '../api/problem';

/** Lets only people in who are signed in, where a page is behind the sign-in. */
export function Root() {
  const access = useAccess();
  const { t } = useTranslation();
  const inside = useMatches({ select: (matches) => matches.some(({ routeId }) => routeId === '/inside') });
  const { href } = useLocation();
  if (!inside || access.phase === 'in') return <Outlet />;
  if (access.phase === 'out') return <Navigate to="/sign-in" search={href === '/courts' ? {} : { to: href }} replace />;
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
