import { Button, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client';
import { dateTime } from '../i18n/format';
import { useConfirm } from '../ui/confirm';
import { sayDone, sayFailed } from '../ui/say';
import { browserOf } from './browser';
import classes from './sign-ins.module.css';
import './bring-texts';

type SignIn = Schemas['SignInView'];

/** Where somebody is signed in, newest first, and a way to end each. */
export function SignIns(props: {
  readonly list: readonly SignIn[];
  readonly timeZone?: string | undefined;
  readonly onEnd: (id: string) => Promise<unknown>;
}) {
  const { t } = useTranslation('account');
  if (props.list.length === 0) return <Text c="dimmed">{t('noSignIns')}</Text>;
  return (
    <ul className={classes.list}>
      {props.list.map((signIn) => (
        <Row key={signIn.id} signIn={signIn} timeZone={props.timeZone} onEnd={props.onEnd} />
      ))}
    </ul>
  );
}

function Row(props: {
  readonly signIn: SignIn;
  readonly timeZone: string | undefined;
  readonly onEnd: (id: string) => Promise<unknown>;
}) {
  const { signIn, timeZone, onEnd } = props;
  const { t } = useTranslation('account');
  const confirm = useConfirm();
  const end = useMutation({
    mutationFn: () => onEnd(signIn.id),
    onSuccess: () => sayDone(t('ended')),
    onError: sayFailed,
  });
  const what = browserOf(signIn.user_agent) ?? t('unknownBrowser');
  const ask = (): void =>
    confirm({
      title: t('endAsk', { what }),
      text: t('endText'),
      button: t('end'),
      onConfirm: () => end.mutate(),
    });
  const facts = [
    t('since', { time: dateTime(signIn.created_at, timeZone) }),
    t('lastUsed', { time: dateTime(signIn.last_used_at, timeZone) }),
    signIn.ip,
  ];
  return (
    <li>
      <div>
        <Text fw={600}>
          {what}
          {signIn.current && ` (${t('thisOne')})`}
        </Text>
        <Text size="sm" c="dimmed">
          {facts.filter(Boolean).join(' · ')}
        </Text>
      </div>
      {!signIn.current && (
        <Button variant="default" aria-label={t('endOf', { what })} loading={end.isPending} onClick={ask}>
          {t('end')}
        </Button>
      )}
    </li>
  );
}
