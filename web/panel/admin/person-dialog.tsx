import { Alert, Button, Checkbox, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { SignIns } from '../account/sign-ins';
import { answer, api } from '../api/client';
import { currentLanguage } from '../i18n';
import { inWords } from '../i18n/problems';
import { sayDone } from '../ui/say';
import { Failed, Loading } from '../ui/states';
import { More, useEndless } from './endless';
import { OneTimeLink } from './one-time-link';
import { changePerson, peopleChanged, type Person } from './people-data';

const DIALOGS = { rename: Rename, reset: Reset, signIns: TheirSignIns, erase: Erase } as const;
const TITLES = { rename: 'changeName', reset: 'resetTitle', signIns: 'signInsOf', erase: 'eraseAsk' } as const;
export type PersonDialogName = keyof typeof DIALOGS;

interface Props {
  readonly person: Person;
  readonly club: Club;
  readonly onClose: () => void;
}

/** What is done about one person and needs more than a click. */
export function PersonDialog({ name, ...props }: Props & { readonly name: PersonDialogName | null }) {
  const { t } = useTranslation('people');
  const { t: app } = useTranslation();
  const Content = name && DIALOGS[name];
  return (
    <Modal
      opened={name !== null}
      onClose={props.onClose}
      size="lg"
      title={name && t(TITLES[name], { name: props.person.name })}
      closeButtonProps={{ 'aria-label': app('close') }}
    >
      {Content && <Content {...props} />}
    </Modal>
  );
}

function Problem({ error }: { readonly error: unknown }) {
  const { t } = useTranslation('people');
  if (error === null) return null;
  const words = { in_use: t('inUse'), forbidden: t('foreign'), own_account: t('lastAdmin') };
  return (
    <Alert color="red" role="alert">
      {inWords(error, words)}
    </Alert>
  );
}

function Rename({ person, onClose }: Props) {
  const { t } = useTranslation('people');
  const { t: app } = useTranslation();
  const [name, setName] = useState(person.name);
  const [email, setEmail] = useState(person.email);
  const save = useMutation({
    mutationFn: () => {
      const changed = {
        ...(name.trim() !== person.name && { name: name.trim() }),
        ...(email.trim() !== person.email && { email: email.trim() }),
      };
      return Object.keys(changed).length === 0 ? Promise.resolve(person) : changePerson(person.id, changed);
    },
    onSuccess: () => {
      sayDone(t('changed', { name: name.trim() }));
      onClose();
      return peopleChanged();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label={t('name')}
          maxLength={120}
          required
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={t('email')}
          type="email"
          maxLength={254}
          required
          autoComplete="off"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Problem error={save.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending}>
            {app('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Reset({ person }: Props) {
  const { t } = useTranslation('people');
  const make = useMutation({
    mutationFn: () => {
      const params = { path: { id: person.id } };
      return answer(api.POST('/api/users/{id}/password-reset', { params, body: { language: currentLanguage() } }));
    },
  });
  return (
    <Stack gap="md">
      <Text>{t('resetHint')}</Text>
      <Problem error={make.error} />
      {make.data ? (
        <OneTimeLink email={person.email} made={make.data} />
      ) : (
        <Button loading={make.isPending} onClick={() => make.mutate()}>
          {t('resetAsk')}
        </Button>
      )}
    </Stack>
  );
}

function TheirSignIns({ person, club }: Props) {
  const cache = useQueryClient();
  const key = ['sign-ins', person.id];
  const { query, items } = useEndless({
    key,
    ask: (page) => answer(api.GET('/api/users/{id}/sessions', { params: { path: { id: person.id }, query: page } })),
    itemsOf: ({ sessions }) => sessions,
  });
  const end = async (sessionId: string): Promise<void> => {
    const params = { path: { id: person.id, sessionId } };
    await answer(api.DELETE('/api/users/{id}/sessions/{sessionId}', { params }));
    await cache.invalidateQueries({ queryKey: key });
  };
  if (query.isError && !items) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  if (!items) return <Loading />;
  return (
    <>
      <SignIns list={items} timeZone={club.time_zone} onEnd={end} />
      <More query={query} />
    </>
  );
}

function Erase({ person, onClose }: Props) {
  const { t } = useTranslation('people');
  const { t: app } = useTranslation();
  const { name, id } = person;
  const [keep, setKeep] = useState(false);
  const erase = useMutation({
    mutationFn: () =>
      answer(api.POST('/api/users/{id}/erase', { params: { path: { id } }, body: { keep_videos: keep } })),
    onSuccess: ({ deleted_videos }) => {
      sayDone(t('erased', { name, count: deleted_videos }));
      onClose();
      return peopleChanged();
    },
  });
  return (
    <Stack gap="md">
      <Text>{t('eraseText')}</Text>
      {!keep && <Text fw={600}>{t('eraseVideos')}</Text>}
      <Checkbox label={t('keepVideos')} checked={keep} onChange={(event) => setKeep(event.currentTarget.checked)} />
      <Problem error={erase.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          {app('cancel')}
        </Button>
        <Button color="red" loading={erase.isPending} onClick={() => erase.mutate()}>
          {app('delete')}
        </Button>
      </Group>
    </Stack>
  );
}
