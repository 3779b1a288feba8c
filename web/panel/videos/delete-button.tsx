import { Button, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../api/client';
import { day, duration } from '../i18n/format';
import { inWords } from '../i18n/problems';
import { useConfirm } from '../ui/confirm';
import { sayDone } from '../ui/say';
import { keptSearch, namesOf, type Video, videoIsGone } from './videos-data';

/** Deletes a video for good, when one has read what is lost. */
export function DeleteButton({ video, timeZone }: { readonly video: Video; readonly timeZone: string }) {
  const { t } = useTranslation('videos');
  const confirm = useConfirm();
  const navigate = useNavigate();
  const { session_id: id } = video;
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/api/video/files/{id}/delete', { params: { path: { id } } })),
    onSuccess: async () => {
      sayDone(t('deleted'));
      await navigate({ to: '/videos', search: keptSearch.get(), replace: true });
      await videoIsGone(id);
    },
  });
  const ask = (): void => {
    const what = { length: duration(video.duration_seconds), court: video.terrain_name };
    confirm({
      title: t('deleteTitle'),
      text: (
        <>
          <Text mb="xs">{t('deleteText', { ...what, day: day(video.created_at, timeZone) })}</Text>
          <Text>{t('deletePlayers', { names: namesOf(video) })}</Text>
        </>
      ),
      button: t('delete'),
      onConfirm: () => remove.mutate(),
    });
  };
  return (
    <div>
      <Button
        variant="light"
        color="red"
        fullWidth
        leftSection={<IconTrash size={18} aria-hidden />}
        loading={remove.isPending}
        onClick={ask}
      >
        {t('delete')}
      </Button>
      {remove.isError && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert" mt="xs">
          {inWords(remove.error)}
        </Text>
      )}
    </div>
  );
}
