import { NativeSelect, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Angle } from '../angles/angle';
import { DownloadButton } from './download-button';
import { savedName } from './saving';
import type { DownloadableFile } from './use-download';
import type { Video } from './videos-data';

/** The video as a file; of several cameras', the one that is chosen. */
export function Download(props: {
  readonly video: Video;
  readonly angles: readonly Angle[];
  readonly timeZone: string;
}) {
  const { video, angles, timeZone } = props;
  const { t } = useTranslation('angles');
  const [chosen, setChosen] = useState(video.session_id);
  const files: readonly DownloadableFile[] = [
    video,
    ...video.angles.flatMap(({ session_id, size_bytes }) => (size_bytes === null ? [] : { session_id, size_bytes })),
  ];
  const file = files.find(({ session_id }) => session_id === chosen) ?? video;
  const nameOf = (id: string): string => angles.find((angle) => angle.id === id)?.name ?? '';
  const court = file === video ? video.terrain_name : `${video.terrain_name} ${nameOf(file.session_id)}`;
  return (
    <Stack gap="xs">
      {files.length > 1 && (
        <NativeSelect
          label={t('which')}
          size="md"
          value={file.session_id}
          data={files.map(({ session_id }) => ({ value: session_id, label: nameOf(session_id) }))}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
      )}
      <DownloadButton key={file.session_id} video={file} name={savedName(court, video.created_at, timeZone)} />
    </Stack>
  );
}
