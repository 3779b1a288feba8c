import { ActionIcon, Button, Collapse, Group, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { IconQrcode, IconUserMinus, IconUserPlus } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { QRCodeSVG } from 'qrcode.react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useUser } from '../access/use-access';
import { answer, api } from '../api/client';
import { Card } from '../ui/card';
import { inWords } from '../i18n/problems';
import { sayFailed } from '../ui/say';
import classes from './court.module.css';
import { type Session, sessionChanged, sessionIs } from './session-data';

/** Who plays: they watch along and get the video. */
export function PlayersPanel({ session, mayRun }: { readonly session: Session; readonly mayRun: boolean }) {
  const { t } = useTranslation('court');
  const user = useUser();
  const { session_id } = session;
  const remove = useMutation({
    mutationFn: (user_id: number) =>
      answer(api.POST('/api/video/session/players/remove', { body: { session_id, user_id } })),
    onError: sayFailed,
    onSettled: () => sessionChanged(session_id),
  });
  const open = session.status !== 'closed' && session.status !== 'failed';
  return (
    <Card title={t('players')}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Text>{session.owner.name}</Text>
          <Text size="sm" c="dimmed">
            {t('owner')}
          </Text>
        </Group>
        {session.players.map((player) => {
          const title = player.id === user.id ? t('leave') : t('remove', { name: player.name });
          return (
            <Group key={player.id} justify="space-between" wrap="nowrap">
              <Text>{player.name}</Text>
              {(mayRun || player.id === user.id) && (
                <Tooltip label={title}>
                  <ActionIcon
                    variant="subtle"
                    size="lg"
                    color="gray"
                    aria-label={title}
                    disabled={remove.isPending}
                    onClick={() => remove.mutate(player.id)}
                  >
                    <IconUserMinus size={20} aria-hidden />
                  </ActionIcon>
                </Tooltip>
              )}
            </Group>
          );
        })}
        {session.players.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('playersHint')}
          </Text>
        )}
        {mayRun && <AddPlayer sessionId={session_id} />}
        {open && session.join_code !== null && <JoinCode session={session} code={session.join_code} />}
      </Stack>
    </Card>
  );
}

function AddPlayer({ sessionId }: { readonly sessionId: string }) {
  const { t } = useTranslation('court');
  const [email, setEmail] = useState('');
  const add = useMutation({
    mutationFn: () => {
      const body = { session_id: sessionId, email: email.trim() };
      return answer(api.POST('/api/video/session/players/add', { body }));
    },
    onSuccess: ({ session }) => {
      sessionIs(session);
      setEmail('');
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (email.trim() !== '') add.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" wrap="nowrap" gap="xs">
        <TextInput
          label={t('addPlayer')}
          type="email"
          inputMode="email"
          autoComplete="off"
          size="md"
          flex={1}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={add.isError ? inWords(add.error) : null}
        />
        <ActionIcon type="submit" size={42} aria-label={t('add')} loading={add.isPending} variant="light">
          <IconUserPlus size={20} aria-hidden />
        </ActionIcon>
      </Group>
    </form>
  );
}

/** The others scan the owner's screen, or type what stands there. */
function JoinCode({ session, code }: { readonly session: Session; readonly code: string }) {
  const { t } = useTranslation('court');
  const [shown, setShown] = useState(false);
  const { club_id, terrain_id } = session;
  const address = `${location.origin}/panel/c/${club_id}/${terrain_id}#${code}`;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconQrcode size={20} aria-hidden />}
        aria-expanded={shown}
        onClick={() => setShown(!shown)}
      >
        {t('joinCode')}
      </Button>
      <Collapse expanded={shown}>
        <Stack align="center" gap="xs" pt="xs">
          <span className={classes.qr}>
            <QRCodeSVG value={address} size={168} title={t('joinHint')} />
          </span>
          <span className={classes.code}>{code}</span>
          <Text size="sm" c="dimmed" ta="center">
            {t('joinHint')}
          </Text>
        </Stack>
      </Collapse>
    </>
  );
}
