import { Alert, Button, Checkbox, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { auth } from '../access/auth';
import { answer, api } from '../api/client';
import { ApiProblem } from '../api/problem';
import { inWords } from '../i18n/problems';
import { Card } from '../ui/card';
import { saveFile } from '../ui/save-file';
import { sayFailed } from '../ui/say';

/** What is kept of a person: to have, and to end. */
export function MyData() {
  const { t } = useTranslation('account');
  const { t: app } = useTranslation();
  const [erasing, setErasing] = useState(false);
  const give = useMutation({
    mutationFn: async () => {
      const data = await answer(api.GET('/api/auth/me/export'));
      const text = JSON.stringify(data, null, 2);
      saveFile(new Blob([text], { type: 'application/json' }), 'padelvar-my-data.json');
      return data;
    },
    onError: sayFailed,
  });
  return (
    <Card title={t('data')}>
      <Stack gap="md" align="flex-start">
        <Text size="sm">{t('exportHint')}</Text>
        <Button
          variant="light"
          leftSection={<IconDownload size={18} aria-hidden />}
          loading={give.isPending}
          onClick={() => give.mutate()}
        >
          {t('export')}
        </Button>
        {give.data?.cut === true && <Alert role="status">{t('exportCut')}</Alert>}
        <Text size="sm">{t('eraseHint')}</Text>
        <Button color="red" variant="light" onClick={() => setErasing(true)}>
          {t('erase')}
        </Button>
      </Stack>
      <Modal
        opened={erasing}
        onClose={() => setErasing(false)}
        title={t('eraseTitle')}
        closeButtonProps={{ 'aria-label': app('close') }}
      >
        <Erase onClose={() => setErasing(false)} />
      </Modal>
    </Card>
  );
}

function Erase({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('account');
  const { t: app } = useTranslation();
  const [keep, setKeep] = useState(false);
  const erase = useMutation({
    mutationFn: (password: string) => answer(api.POST('/api/auth/me/erase', { body: { password, keep_videos: keep } })),
    onSuccess: () => auth.forget('left'),
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    erase.mutate(String(new FormData(event.currentTarget).get('password') ?? ''));
  };
  const wrong = erase.error instanceof ApiProblem && erase.error.code === 'validation_failed';
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text>{t('eraseText')}</Text>
        {!keep && <Text fw={600}>{t('eraseVideos')}</Text>}
        <Checkbox label={t('keepVideos')} checked={keep} onChange={(event) => setKeep(event.currentTarget.checked)} />
        <PasswordInput
          name="password"
          label={t('eraseConfirm')}
          autoComplete="current-password"
          maxLength={1024}
          required
          withAsterisk={false}
          error={wrong ? t('wrongPassword') : null}
        />
        {erase.isError && !wrong && (
          <Alert color="red" role="alert">
            {inWords(erase.error, { in_use: t('inUse'), own_account: t('lastAdmin') })}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {app('cancel')}
          </Button>
          <Button type="submit" color="red" loading={erase.isPending}>
            {t('erase')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
