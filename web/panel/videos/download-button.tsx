import { Alert, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { IconCircleCheck, IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../api/problem';
import { bytes, duration, number } from '../i18n/format';
import { inWords } from '../i18n/problems';
import { type DownloadProgress, secondsLeft } from './file-download';
import { type DownloadableFile, useDownload } from './use-download';

/** The video as a file: how far it is, and what became of it. */
export function DownloadButton({ video, name }: { readonly video: DownloadableFile; readonly name: string }) {
  const { t } = useTranslation('videos');
  const { state, handing, problem, start, cancel } = useDownload(video, name);
  if (state.phase === 'running') return <Running progress={state.progress} onCancel={cancel} />;
  if (state.phase === 'failed') return <Cut {...state} onContinue={start} onCancel={cancel} />;
  return (
    <div>
      <Button
        size="md"
        fullWidth
        leftSection={<IconDownload size={20} aria-hidden />}
        loading={handing}
        onClick={start}
      >
        {t('downloadSize', { size: bytes(video.size_bytes) })}
      </Button>
      {problem !== null && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert" mt="xs">
          {inWords(problem)}
        </Text>
      )}
      <Text component="div" size="sm" role="status">
        {state.phase !== 'idle' && (
          <Group gap={6} wrap="nowrap" mt="xs">
            <IconCircleCheck size={18} aria-hidden />
            {t(state.phase === 'done' ? 'downloadDone' : 'downloadHanded')}
          </Group>
        )}
      </Text>
    </div>
  );
}

function Running({ progress, onCancel }: { readonly progress: DownloadProgress; readonly onCancel: () => void }) {
  const { t } = useTranslation('videos');
  const { t: app } = useTranslation();
  const { received, total } = progress;
  const left = secondsLeft(progress);
  const percent = total > 0 ? (100 * received) / total : 0;
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="xs">
        <Text fw={600} role="status">
          {t('downloading')}
        </Text>
        <Text size="sm" c="dimmed">
          {number(percent)} %
        </Text>
      </Group>
      <Progress value={percent} size="lg" aria-label={t('downloading')} />
      <Text size="sm" c="dimmed">
        {t('downloadSoFar', { received: bytes(received), total: bytes(total) })}
        {left !== null && ` · ${t('downloadLeft', { time: duration(left) })}`}
      </Text>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm">{t('downloadStay')}</Text>
        <Button variant="default" onClick={onCancel} flex="none">
          {app('cancel')}
        </Button>
      </Group>
    </Stack>
  );
}

function Cut(props: {
  readonly progress: DownloadProgress;
  readonly error?: unknown;
  readonly onContinue: () => void;
  readonly onCancel: () => void;
}) {
  const { progress, error, onContinue, onCancel } = props;
  const { t } = useTranslation('videos');
  const { t: app } = useTranslation();
  const { received, total } = progress;
  const refused = error instanceof ApiProblem && !error.passing;
  return (
    <Alert color="red" role="alert">
      <Text size="sm" mb="xs">
        {refused ? inWords(error) : t('downloadFailed', { received: bytes(received), total: bytes(total) })}
      </Text>
      <Group gap="xs">
        {!refused && <Button onClick={onContinue}>{t('downloadOn')}</Button>}
        <Button variant="default" onClick={onCancel}>
          {app('cancel')}
        </Button>
      </Group>
    </Alert>
  );
}
