import { Alert } from '@mantine/core';
import { Navigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { auth } from './auth';
import { Door, DoorForm } from './door';
import { EmailField, PasswordField } from './fields';
import { useAccess } from './use-access';
import { TextLink } from '../ui/links';

/** What comes after the sign-in is fetched while somebody types; where it cannot be, the router asks again and says so. */
function fetchWall(): void {
  Promise.all([import('../app/shell'), import('../courts/courts-page')]).catch(() => undefined);
}

export function SignInPage() {
  const { t } = useTranslation('access');
  const access = useAccess();
  const { to = '/courts' } = useSearch({ from: '/sign-in' });
  useEffect(fetchWall, []);
  if (access.phase === 'in') return <Navigate to={to} replace />;
  const why = access.phase === 'out' && access.why !== 'never' ? t(access.why) : null;
  return (
    <Door title={t('signIn')} hint={t('slogan')}>
      {why !== null && (
        <Alert role="status" color="gray">
          {why}
        </Alert>
      )}
      <DoorForm
        button={t('signIn')}
        onSend={(field) => auth.signIn(field('email'), field('password'))}
        words={{ unauthorized: t('wrongLogin'), validation_failed: t('wrongLogin') }}
      >
        <EmailField />
        <PasswordField />
      </DoorForm>
      <TextLink to="/forgot" size="sm">
        {t('forgotten')}
      </TextLink>
    </Door>
  );
}
