import { Alert, Button, Group, Select, Skeleton, Stack, Text } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { answer, api, type Schemas } from '../api/client';
import { ApiProblem } from '../api/problem';
import { inWords } from '../i18n/problems';
import { Card } from '../ui/card';
import { useConfirm } from '../ui/confirm';
import { sayDone } from '../ui/say';
import { Failed } from '../ui/states';
import { storageKey, useStorage } from './storage-data';
import { BunnyFields, S3Fields, StorageRules } from './storage-fields';
import { bodyOf, formOf } from './storage-form';

type Answer = Schemas['StorageAnswer'];

/** Where else the club keeps its videos: what it is, another place, nowhere. */
export function StorageCard({ club }: { readonly club: Club }) {
  const { t } = useTranslation('storage');
  const storage = useStorage(club.id);
  return (
    <Card title={t('storage')}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t('storageHint')}
        </Text>
        {storage.isPending && <Skeleton h={64} radius="md" />}
        {storage.isError && !storage.data && <Failed error={storage.error} onRetry={() => void storage.refetch()} />}
        {storage.data && (
          <Place key={storage.data.storage?.changed_at ?? 'none'} clubId={club.id} known={storage.data} />
        )}
      </Stack>
    </Card>
  );
}

function Place({ clubId, known }: { readonly clubId: number; readonly known: Answer }) {
  const { t } = useTranslation('storage');
  const { t: app } = useTranslation();
  const cache = useQueryClient();
  const confirm = useConfirm();
  const { storage } = known;
  const [form, setForm] = useState(() => formOf(storage));
  const params = { path: { clubId } };
  const save = useMutation({
    mutationFn: () => answer(api.PUT('/api/clubs/{clubId}/storage', { params, body: bodyOf(form) })),
    onSuccess: (saved) => {
      cache.setQueryData(storageKey(clubId), saved);
      sayDone(app('saved'));
    },
  });
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/api/clubs/{clubId}/storage', { params })),
    onSuccess: async () => {
      sayDone(t('removed'));
      await cache.invalidateQueries({ queryKey: storageKey(clubId) });
    },
  });
  const set = (part: Partial<typeof form>): void => {
    if (!save.isPending) save.reset();
    setForm({ ...form, ...part });
  };
  const faults = save.error instanceof ApiProblem ? save.error.errors : [];
  const faultOf = (field: string): string | null => {
    const fault = faults.find((one) => one.field === field);
    if (!fault) return null;
    return fault.message === 'is needed here' ? t('fieldNeeded') : t('fieldWrong');
  };
  const isChanged = JSON.stringify(form) !== JSON.stringify(formOf(storage));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (form.kind !== 'none') return save.mutate();
    confirm({ title: t('removeAsk'), text: t('removeText'), button: t('remove'), onConfirm: () => remove.mutate() });
  };
  const part = { form, set, faultOf, saved: storage !== null && storage.kind === form.kind };
  const error = save.error ?? remove.error;
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {storage !== null && <Counts counts={known.counts} />}
        <Select
          label={t('kind')}
          data={[
            { value: 'none', label: t('kindNone') },
            { value: 's3', label: t('kindS3') },
            { value: 'bunny', label: t('kindBunny') },
          ]}
          allowDeselect={false}
          value={form.kind}
          onChange={(value) => value !== null && set({ kind: value as typeof form.kind })}
        />
        {form.kind === 's3' && <S3Fields {...part} />}
        {form.kind === 'bunny' && <BunnyFields {...part} />}
        {form.kind !== 'none' && <StorageRules {...part} />}
        {error !== null && (
          <Alert color="red" role="alert">
            {inWords(error)}
          </Alert>
        )}
        {(form.kind !== 'none' || storage !== null) && (
          <Group>
            <Button type="submit" size="md" loading={save.isPending || remove.isPending} disabled={!isChanged}>
              {form.kind === 'none' ? t('remove') : app('save')}
            </Button>
          </Group>
        )}
        {storage !== null && !isChanged && <Test clubId={clubId} />}
      </Stack>
    </form>
  );
}

function Counts({ counts }: { readonly counts: Answer['counts'] }) {
  const { t } = useTranslation('storage');
  const { stored, only_stored: only, waiting, failed } = counts;
  return (
    <Stack gap={4}>
      <Text size="sm" role="status">
        {t('counts', { stored: String(stored), only: String(only), waiting: String(waiting) })}
      </Text>
      {failed > 0 && (
        <Text size="sm" c="var(--mantine-color-error)">
          {t('countsFailed', { count: failed })}
        </Text>
      )}
    </Stack>
  );
}

/** Of what is saved: it is the service that asks the storage. */
function Test({ clubId }: { readonly clubId: number }) {
  const { t } = useTranslation('storage');
  const test = useMutation({
    mutationFn: () => answer(api.POST('/api/clubs/{clubId}/storage/test', { params: { path: { clubId } } })),
  });
  const { data } = test;
  const reason = data?.fault == null ? '' : t(data.fault);
  return (
    <Stack gap="xs" align="flex-start">
      <Button
        variant="default"
        leftSection={<IconPlugConnected size={18} aria-hidden />}
        loading={test.isPending}
        onClick={() => test.mutate()}
      >
        {t('test')}
      </Button>
      <Text size="sm" c="dimmed">
        {t('testHint')}
      </Text>
      {data && (
        <Alert color={data.ok ? 'green' : 'red'} role={data.ok ? 'status' : 'alert'}>
          {data.ok ? t('testOk', { ms: String(data.duration_ms) }) : t('testFailed', { reason })}
        </Alert>
      )}
      {test.isError && (
        <Alert color="red" role="alert">
          {inWords(test.error)}
        </Alert>
      )}
    </Stack>
  );
}
