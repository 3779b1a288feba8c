import {
  Alert,
  Button,
  Group,
  Modal,
  NativeSelect,
  PasswordInput,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { answer, api, type Schemas } from '../api/client';
import { ApiProblem } from '../api/problem';
import { currentLanguage } from '../i18n';
import { inWords } from '../i18n/problems';
import { sayDone } from '../ui/say';
import { OneTimeLink } from './one-time-link';
import { peopleChanged } from './people-data';

type Way = 'invite' | 'direct';
type Role = Schemas['InviteDto']['role'];

/** Invites somebody by a link, or adds them at once. */
export function AddPerson(props: { readonly club: Club; readonly opened: boolean; readonly onClose: () => void }) {
  const { t } = useTranslation('people');
  const { t: app } = useTranslation();
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      size="lg"
      title={t('add')}
      closeButtonProps={{ 'aria-label': app('close') }}
    >
      <Ways clubId={props.club.id} onClose={props.onClose} />
    </Modal>
  );
}

function Ways({ clubId, onClose }: { readonly clubId: number; readonly onClose: () => void }) {
  const { t } = useTranslation('people');
  const [way, setWay] = useState<Way>('invite');
  const [invited, setInvited] = useState<Schemas['InvitationAnswer'] | null>(null);
  if (invited !== null) {
    return (
      <Stack gap="md">
        <OneTimeLink email={invited.email} made={invited} />
        <Button variant="default" onClick={() => setInvited(null)}>
          {t('another')}
        </Button>
      </Stack>
    );
  }
  const ways = (['invite', 'direct'] as const).map((value) => ({ value, label: t(value) }));
  return (
    <Stack gap="md">
      <SegmentedControl
        aria-label={t('add')}
        data={ways}
        value={way}
        onChange={(value) => setWay(value as Way)}
        fullWidth
      />
      <Text size="sm" c="dimmed">
        {way === 'invite' ? t('inviteHint') : t('directHint')}
      </Text>
      <PersonForm way={way} clubId={clubId} onInvited={setInvited} onClose={onClose} />
    </Stack>
  );
}

function PersonForm(props: {
  readonly way: Way;
  readonly clubId: number;
  readonly onInvited: (answer: Schemas['InvitationAnswer']) => void;
  readonly onClose: () => void;
}) {
  const { way, clubId, onInvited, onClose } = props;
  const { t } = useTranslation('people');
  const { t: door } = useTranslation('access');
  const params = { path: { id: clubId } };
  const send = useMutation({
    mutationFn: async (data: FormData) => {
      const field = (name: string): string => String(data.get(name) ?? '').trim();
      const [email, name, role] = [field('email'), field('name'), field('role') as Role];
      if (way === 'invite') {
        const body = { email, role, language: currentLanguage(), ...(name !== '' && { name }) };
        return onInvited(await answer(api.POST('/api/clubs/{id}/invitations', { params, body })));
      }
      // A password is what was typed, spaces at its ends and all.
      const password = String(data.get('password') ?? '');
      const body = { email, name, role, ...(password !== '' && { password }) };
      const added = await answer(api.POST('/api/clubs/{id}/users', { params, body }));
      sayDone(t('added', { name: added.name }));
      onClose();
    },
    onSuccess: peopleChanged,
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    send.mutate(new FormData(event.currentTarget));
  };
  const faulty = new Set(send.error instanceof ApiProblem ? send.error.errors.map(({ field }) => field) : []);
  const taken = send.error instanceof ApiProblem && send.error.code === 'email_taken';
  const emailFault = taken ? inWords(send.error) : faulty.has('email') ? door('badAddress') : null;
  const passwordFault = faulty.has('password') ? door('weakPassword') : null;
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack gap="md">
        <TextInput
          name="email"
          type="email"
          label={t('email')}
          maxLength={254}
          required
          autoComplete="off"
          error={emailFault}
        />
        <TextInput
          name="name"
          label={way === 'invite' ? t('nameOptional') : t('name')}
          maxLength={120}
          required={way === 'direct'}
          autoComplete="off"
        />
        <NativeSelect
          name="role"
          label={t('role')}
          description={t('roleHint')}
          data={(['PLAYER', 'CLUB_ADMIN'] as const).map((value) => ({ value, label: t(value) }))}
        />
        {way === 'direct' && (
          <PasswordInput
            name="password"
            label={t('password')}
            description={t('passwordHint')}
            maxLength={128}
            autoComplete="new-password"
            error={passwordFault}
          />
        )}
        {send.isError && emailFault === null && passwordFault === null && (
          <Alert color="red" role="alert">
            {inWords(send.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={send.isPending}>
            {way === 'invite' ? t('send') : t('addNow')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
