import { Alert, Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { answer, api } from '../api/client';
import { inWords } from '../i18n/problems';
import { sayDone } from '../ui/say';

/** Creates a club, or gives one another name; the rest is among its settings. */
export function ClubForm({ club, onDone }: { readonly club: Club | null; readonly onDone: () => void }) {
  const { t } = useTranslation('admin');
  const { t: app } = useTranslation();
  const cache = useQueryClient();
  const [name, setName] = useState(club?.name ?? '');
  // Most who make a club are where it is.
  const [zone, setZone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim() };
      if (club === null) return answer(api.POST('/api/clubs', { body: { ...body, time_zone: zone } }));
      return answer(api.PATCH('/api/clubs/{id}', { params: { path: { id: club.id } }, body }));
    },
    onSuccess: (saved) => {
      sayDone(club === null ? t('clubCreated', { name: saved.name }) : app('saved'));
      onDone();
      return cache.invalidateQueries({ queryKey: ['clubs'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== '') save.mutate();
  };
  const zones = [...new Set([zone, 'UTC', ...Intl.supportedValuesOf('timeZone')])].sort();
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label={t('clubName')}
          maxLength={120}
          required
          data-autofocus
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {club === null && (
          <Select
            label={t('timeZone')}
            description={t('timeZoneHint')}
            data={zones}
            searchable
            allowDeselect={false}
            limit={200}
            nothingFoundMessage={t('timeZoneNone')}
            value={zone}
            onChange={(value) => value !== null && setZone(value)}
          />
        )}
        {save.isError && (
          <Alert color="red" role="alert">
            {inWords(save.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending}>
            {club === null ? t('create') : app('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
