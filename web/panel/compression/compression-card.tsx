import { Button, Progress, Stack, Text } from '@mantine/core';
import { IconFileZip, IconPlayerStop } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { bytes } from '../i18n/format';
import { inWords } from '../i18n/problems';
import { Card } from '../ui/card';
import { sayDone } from '../ui/say';
import { type Compression, useCancel, useCompress } from './compression-data';
import { savedPercent } from './saved-percent';
import './bring-texts';

interface Props {
  readonly id: string;
  readonly sizeBytes: number;
  readonly compression: Compression;
}

/** Whether a video is compressed, how far that is, and the button for it. For admins. */
export function CompressionCard({ id, sizeBytes, compression }: Props) {
  const { t } = useTranslation('compression');
  const compress = useCompress(id);
  const cancel = useCancel(id);
  const { state, job_id: job } = compression;
  const button = { none: t('compress'), kept: t('again'), failed: t('again') }[state as 'none' | 'kept' | 'failed'];
  const fault = compress.error ?? cancel.error;
  const stop = (): void => {
    if (job !== null) cancel.mutate(job, { onSuccess: () => sayDone(t('cancelled')) });
  };
  return (
    <Card title={t('title')}>
      <Stack gap="sm">
        <div role="status">
          <Standing sizeBytes={sizeBytes} compression={compression} />
        </div>
        {button !== undefined && (
          <Button
            variant="light"
            fullWidth
            leftSection={<IconFileZip size={18} aria-hidden />}
            loading={compress.isPending}
            onClick={() => compress.mutate()}
          >
            {button}
          </Button>
        )}
        {job !== null && (
          <Button
            variant="default"
            fullWidth
            leftSection={<IconPlayerStop size={18} aria-hidden />}
            loading={cancel.isPending}
            onClick={stop}
          >
            {t('cancel')}
          </Button>
        )}
        {fault !== null && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {inWords(fault)}
          </Text>
        )}
      </Stack>
    </Card>
  );
}

function Standing({ sizeBytes, compression }: Omit<Props, 'id'>) {
  const { t } = useTranslation('compression');
  const { state, progress, reason, original_size_bytes: original } = compression;
  if (state === 'none') return <Text size="sm">{t('what', { size: bytes(sizeBytes) })}</Text>;
  if (state === 'queued') return <Text size="sm">{t(reason === 'disk_full' ? 'queuedRoom' : 'queued')}</Text>;
  if (state === 'running') {
    const percent = Math.floor(100 * progress);
    return (
      <Stack gap={6}>
        <Text size="sm" fw={600}>
          {t('running', { percent: String(percent) })}
        </Text>
        <Progress value={percent} aria-label={t('progress')} />
        <Text size="sm" c="dimmed">
          {t('runningHint')}
        </Text>
      </Stack>
    );
  }
  if (state === 'done') {
    return (
      <>
        <Text fw={600}>{t('done', { percent: String(savedPercent(compression)) })}</Text>
        <Text size="sm" c="dimmed">
          {t('doneHint', { size: bytes(compression.size_bytes ?? sizeBytes), original: bytes(original ?? sizeBytes) })}
        </Text>
      </>
    );
  }
  return (
    <>
      <Text fw={600}>{t(state)}</Text>
      <Text size="sm" c="dimmed">
        {t(reason === 'cancelled' ? 'stopped' : (reason ?? 'error'))}
      </Text>
    </>
  );
}
