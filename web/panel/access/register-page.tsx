import { Alert, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../api/client';
import { currentLanguage } from '../i18n';
import { inWords } from '../i18n/problems';
import { Door, DoorForm } from './door';
import { EmailField, NameField, PasswordField } from './fields';
import { TextLink } from '../ui/links';

/** What anybody may know of a club where players register themselves. */
export function useRegistration(clubId: number) {
  return useQuery({
    queryKey: ['registration', clubId],
    queryFn: () => answer(api.GET('/api/auth/registration/{clubId}', { params: { path: { clubId } } })),
    staleTime: 60_000,
  });
}

/** A player makes an account at a club. */
export function RegisterPage() {
  const { t } = useTranslation('access');
  const clubId = Number(useParams({ from: '/register/$clubId' }).clubId) || 0;
  const club = useRegistration(clubId);
  const [sent, setSent] = useState(false);
  const send = async (field: (name: string) => string): Promise<void> => {
    const who = { email: field('email'), name: field('name'), password: field('password') };
    const body = { club_id: clubId, ...who, language: currentLanguage() };
    await answer(api.POST('/api/auth/register', { body }));
  };
  const title = club.data ? t('registerAt', { club: club.data.name }) : t('register');
  return (
    <Door title={title}>
      {club.isPending && <Loader />}
      {club.isError && (
        <Alert role="alert" color="red">
          {inWords(club.error, { not_found: t('registrationClosed') })}
        </Alert>
      )}
      {sent && <Alert role="status">{t('mailSent')}</Alert>}
      {club.data && !sent && (
        <DoorForm
          button={t('register')}
          onSend={send}
          onDone={() => setSent(true)}
          words={{ not_found: t('registrationClosed') }}
          fields={{ email: t('badAddress'), password: t('weakPassword') }}
        >
          <NameField required />
          <EmailField />
          <PasswordField isNew />
        </DoorForm>
      )}
      <TextLink to="/sign-in" size="sm">
        {t('toSignIn')}
      </TextLink>
    </Door>
  );
}
