import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconDeviceCctv, IconPlus } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../api/client';
import { inWords } from '../i18n/problems';
import { useConfirm } from '../ui/confirm';
import { sayDone } from '../ui/say';
import { Failed } from '../ui/states';
import { CameraForm } from './camera-form';
import { CameraTest } from './camera-test';
import { CameraWords } from './camera-words';
import { cameraName, type CourtCamera, MAIN, MOST_CAMERAS, useCourtCameras } from './court-cameras-data';
import { type Court, courtsAreOthers } from './court-data';
import { RowFailed, RowTools } from './rows';

type Doing = { readonly what: 'form' | 'test'; readonly position: number | null };

/** All cameras of a court: named, tested, added, changed, removed. */
export function CourtCameras({ clubId, court }: { readonly clubId: number; readonly court: Court }) {
  const { t } = useTranslation('cameras');
  const { data: cameras, isError, error, refetch } = useCourtCameras(court);
  const [doing, setDoing] = useState<Doing | null>(null);
  const saved = (camera: CourtCamera, test: boolean): void =>
    setDoing(test ? { what: 'test', position: camera.position } : null);
  const form = (camera: CourtCamera | null) => (
    <CameraForm clubId={clubId} courtId={court.id} camera={camera} onCancel={() => setDoing(null)} onSaved={saved} />
  );
  return (
    <Paper withBorder p="sm" bg="transparent">
      <Stack gap="sm">
        <Group gap="xs">
          <IconDeviceCctv size={20} aria-hidden />
          <Title order={3} size="h5">
            {t('cameras')}
          </Title>
        </Group>
        <Text size="sm" c="dimmed">
          {t('hint')}
        </Text>
        {isError && !cameras && <Failed error={error} onRetry={() => void refetch()} />}
        {cameras?.map((camera) => (
          <Row
            key={camera.position}
            court={court}
            camera={camera}
            doing={doing?.position === camera.position ? doing.what : null}
            onDo={(what) => setDoing(what && { what, position: camera.position })}
            form={form}
          />
        ))}
        {doing?.what === 'form' && doing.position === null && form(null)}
        {cameras !== undefined && cameras.length < MOST_CAMERAS && doing?.what !== 'form' && (
          <Button
            variant="light"
            leftSection={<IconPlus size={18} aria-hidden />}
            onClick={() => setDoing({ what: 'form', position: null })}
          >
            {t('add')}
          </Button>
        )}
      </Stack>
    </Paper>
  );
}

function Row(props: {
  readonly court: Court;
  readonly camera: CourtCamera;
  readonly doing: Doing['what'] | null;
  readonly onDo: (what: Doing['what'] | null) => void;
  readonly form: (camera: CourtCamera) => React.ReactNode;
}) {
  const { court, camera, doing, onDo, form } = props;
  const { position } = camera;
  const { t } = useTranslation('cameras');
  const confirm = useConfirm();
  const name = cameraName(camera, t);
  const remove = useMutation({
    mutationFn: () =>
      answer(api.DELETE('/api/terrains/{id}/cameras/{position}', { params: { path: { id: court.id, position } } })),
    onSuccess: () => {
      sayDone(t('removed', { name }));
      return courtsAreOthers();
    },
  });
  const ask = (): void =>
    confirm({
      title: t('removeAsk', { name }),
      text: t('removeText'),
      button: t('remove'),
      onConfirm: () => remove.mutate(),
    });
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <div>
          <Text fw={600}>{name}</Text>
          {camera.name !== null && position === MAIN && <Text size="sm">{t('main')}</Text>}
          <Text size="sm" c="dimmed">
            <CameraWords camera={camera} />
          </Text>
        </div>
        <Group gap="xs" wrap="nowrap">
          <Button
            variant="light"
            aria-label={t('testOf', { name })}
            aria-expanded={doing === 'test'}
            onClick={() => onDo(doing === 'test' ? null : 'test')}
          >
            {t('test')}
          </Button>
          <RowTools
            editTitle={t('changeOf', { name })}
            deleteTitle={t('removeOf', { name })}
            deleting={remove.isPending}
            onEdit={() => onDo(doing === 'form' ? null : 'form')}
            onDelete={position === MAIN ? null : ask}
          />
        </Group>
      </Group>
      {remove.isError && <RowFailed text={inWords(remove.error, { in_use: t('inUse') })} />}
      {doing === 'form' && form(camera)}
      {doing === 'test' && <CameraTest courtId={court.id} position={position} name={name} />}
    </Stack>
  );
}
