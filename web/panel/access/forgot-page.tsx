import { Alert } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../api/client';
import { currentLanguage } from '../i18n';
import { Door, DoorForm } from './door';
import { EmailField } from './fields';
import { TextLink } from '../ui/links';

export function ForgotPage() {
  const { t } = useTranslation('access');
  const [sent, setSent] = useState(false);
  const send = async (field: (name: string) => string): Promise<void> => {
    const body = { email: field('email'), language: currentLanguage() };
    await answer(api.POST('/api/auth/password/forgot', { body }));
  };
  return (
    <Door title={t('forgotTitle')} hint={t('forgotHint')}>
      {sent ? (
        <Alert role="status">{t('mailSent')}</Alert>
      ) : (
        <DoorForm
          button={t('send')}
          onSend={send}
          onDone={() => setSent(true)}
          words={{ validation_failed: t('badAddress') }}
        >
          <EmailField />
        </DoorForm>
      )}
      <TextLink to="/sign-in" size="sm">
        {t('toSignIn')}
      </TextLink>
    </Door>
  );
}
