import { Group, Text } from '@mantine/core';
import { IconMicrophone, IconMicrophoneOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Session } from './session-data';

const MISSING = ['none', 'unsupported', 'refused', 'silent'] as const;

/** Whether the match being recorded has sound, and if it should have and has not, why; nothing where it is not to have any. */
export function SoundLine({ sound }: { readonly sound: Session['sound'] }) {
  const { t } = useTranslation('court');
  if (sound === null) return null;
  if (sound.state === 'recording') {
    return (
      <Group gap={6} wrap="nowrap">
        <IconMicrophone size={18} aria-hidden style={{ flex: 'none' }} />
        <Text size="sm">{t('withSound')}</Text>
      </Group>
    );
  }
  const missing = MISSING.find((state) => state === sound.state);
  if (missing === undefined) return null;
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <IconMicrophoneOff size={18} aria-hidden style={{ flex: 'none' }} />
      <Text size="sm" c="dimmed">
        {t(`sound_${missing}`)}
      </Text>
    </Group>
  );
}
