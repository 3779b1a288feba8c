import { Button, Progress, Stack, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../api/client';
import { inWords } from '../i18n/problems';
import { Card } from '../ui/card';
import { sayDone } from '../ui/say';
import { type Video, videoIsMade } from './videos-data';

/** Where the file of a video is, how far its copy is, and what became of one that failed. For admins. */
export function Stored({ video }: { readonly video: Video }) {
  const { t } = useTranslation('videos');
  const { session_id: id } = video;
  const { where, upload, progress } = video.storage;
  const again = useMutation({
    mutationFn: () => answer(api.POST('/api/video/files/{id}/upload', { params: { path: { id } } })),
    onSuccess: async () => {
      sayDone(t('storedAgain'));
      await videoIsMade(id);
    },
  });
  if (upload === null) return null;
  const share = Math.round(100 * progress);
  const percent = String(share);
  return (
    <Card title={t('stored')}>
      <Stack gap="xs">
        <Text size="sm" role="status">
          {upload === 'stored' ? t(`stored_${where}`) : t(`stored_${upload}`, { percent })}
        </Text>
        {upload === 'uploading' && <Progress value={share} aria-label={t('stored_uploading', { percent })} />}
        {upload === 'failed' && (
          <Button
            variant="default"
            leftSection={<IconRefresh size={18} aria-hidden />}
            loading={again.isPending}
            onClick={() => again.mutate()}
          >
            {t('storedRetry')}
          </Button>
        )}
        {video.storage.error !== null && (
          <Text size="sm" c="dimmed" lang="en">
            {video.storage.error}
          </Text>
        )}
        {again.isError && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {inWords(again.error)}
          </Text>
        )}
      </Stack>
    </Card>
  );
}
