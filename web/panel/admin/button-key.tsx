import { Alert, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { IconHandFinger, IconKey } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../api/client';
import { inWords } from '../i18n/problems';
import { useConfirm } from '../ui/confirm';
import { HandOver } from '../ui/hand-over';
import { sayDone } from '../ui/say';
import type { Court } from './court-data';

/** The key of a court's physical button: made, replaced, taken away; shown once. */
export function ButtonKey({ clubId, court }: { readonly clubId: number; readonly court: Court }) {
  const { id, name } = court;
  const { t } = useTranslation('button');
  const confirm = useConfirm();
  const params = { path: { clubId, id } };
  const make = useMutation({
    mutationFn: () => answer(api.POST('/api/clubs/{clubId}/terrains/{id}/button-key', { params })),
  });
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/api/clubs/{clubId}/terrains/{id}/button-key', { params })),
    onSuccess: () => {
      make.reset();
      sayDone(t('buttonRemoved', { name }));
    },
  });
  const askMake = (): void =>
    confirm({
      title: t('buttonAsk', { name }),
      text: t('buttonAskText'),
      button: t('buttonMake'),
      onConfirm: () => make.mutate(),
    });
  const askRemove = (): void =>
    confirm({
      title: t('buttonRemoveAsk', { name }),
      text: t('buttonRemoveText'),
      button: t('buttonRemove'),
      onConfirm: () => remove.mutate(),
    });
  const failed = make.error ?? remove.error;
  return (
    <Paper withBorder p="sm" bg="transparent">
      <Stack gap="xs">
        <Group gap="xs">
          <IconHandFinger size={20} aria-hidden />
          <Text fw={600}>{t('button')}</Text>
        </Group>
        <Text size="sm" c="dimmed">
          {t('buttonHint')}
        </Text>
        {make.data && <Shown name={name} keyText={make.data.key} path={make.data.path} />}
        {failed !== null && (
          <Alert color="red" role="alert">
            {inWords(failed)}
          </Alert>
        )}
        <Group gap="xs">
          <Button
            variant="light"
            leftSection={<IconKey size={18} aria-hidden />}
            loading={make.isPending}
            disabled={remove.isPending}
            onClick={askMake}
          >
            {t('buttonMake')}
          </Button>
          <Button variant="subtle" color="red" loading={remove.isPending} disabled={make.isPending} onClick={askRemove}>
            {t('buttonRemove')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function Shown(props: { readonly name: string; readonly keyText: string; readonly path: string }) {
  const { name, keyText, path } = props;
  const { t } = useTranslation('button');
  const url = `${location.origin}${path}`;
  return (
    <Stack gap="xs">
      <Alert role="status">{t('buttonShown', { name })}</Alert>
      <HandOver label={t('buttonKey')} value={keyText} />
      <HandOver label={t('buttonUrl')} value={url} />
      <HandOver label={t('buttonCurl')} value={`curl -X POST -H 'content-type: application/json' -d '{}' '${url}'`} />
    </Stack>
  );
}
