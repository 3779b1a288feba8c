import { Alert } from '@mantine/core';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../api/client';
import { auth } from './auth';
import { Door, DoorForm } from './door';
import { NameField, PasswordField } from './fields';
import { ButtonLink, TextLink } from '../ui/links';

/** Behind the `#`: browsers send that to no server. */
const LINK = /^\/(invitation|confirm|reset)\/([A-Za-z0-9_-]{1,256})$/;

/** The forms behind links that are good once: an invitation, a registration, a new password. */
export function LinkPage() {
  const { t } = useTranslation('access');
  const { hash } = useLocation();
  const [, page, token = ''] = LINK.exec(hash) ?? [];
  if (page === 'invitation') return <Invitation token={token} />;
  if (page === 'confirm') return <Confirmation token={token} />;
  if (page === 'reset') return <Reset token={token} />;
  return (
    <Door title={t('badLink')} hint={t('badLinkHint')}>
      <ToSignIn />
    </Door>
  );
}

function Invitation({ token }: { readonly token: string }) {
  const { t } = useTranslation('access');
  const enter = useEnter();
  return (
    <Door title={t('invited')} hint={t('invitedHint')}>
      <DoorForm
        button={t('accept')}
        onSend={(field) => {
          const name = field('name').trim();
          const body = { token, password: field('password'), ...(name !== '' && { name }) };
          return auth.enter('/api/auth/invitations/accept', body);
        }}
        onDone={enter}
        words={{ unauthorized: t('accountPassword') }}
        fields={{ password: t('weakPassword') }}
      >
        <NameField />
        <PasswordField isNew />
      </DoorForm>
    </Door>
  );
}

/** A button, not the opening of the page, confirms: mail programs open links to see what is behind them. */
function Confirmation({ token }: { readonly token: string }) {
  const { t } = useTranslation('access');
  const enter = useEnter();
  return (
    <Door title={t('confirmTitle')} hint={t('confirmHint')}>
      <DoorForm
        button={t('confirm')}
        onSend={(field) => auth.enter('/api/auth/register/confirm', { token, password: field('password') })}
        onDone={enter}
        words={{ unauthorized: t('otherPassword') }}
      >
        <PasswordField />
      </DoorForm>
    </Door>
  );
}

function Reset({ token }: { readonly token: string }) {
  const { t } = useTranslation('access');
  const [done, setDone] = useState(false);
  const send = async (field: (name: string) => string): Promise<void> => {
    await answer(api.POST('/api/auth/password/reset', { body: { token, new_password: field('password') } }));
    // It ended every sign-in of theirs, this browser's too.
    auth.forget('left');
  };
  return (
    <Door title={t('resetTitle')}>
      {done ? (
        <Alert role="status">{t('resetDone')}</Alert>
      ) : (
        <DoorForm
          button={t('confirm')}
          onSend={send}
          onDone={() => setDone(true)}
          fields={{ new_password: t('weakPassword') }}
        >
          <PasswordField isNew />
        </DoorForm>
      )}
      {done ? (
        <ButtonLink to="/sign-in" size="lg">
          {t('signIn')}
        </ButtonLink>
      ) : (
        <ToSignIn />
      )}
    </Door>
  );
}

/** The link is used up: nobody shall find it in the history. */
function useEnter(): () => void {
  const navigate = useNavigate();
  return () => void navigate({ to: '/courts', replace: true });
}

function ToSignIn() {
  const { t } = useTranslation('access');
  return (
    <TextLink to="/sign-in" size="sm">
      {t('toSignIn')}
    </TextLink>
  );
}
