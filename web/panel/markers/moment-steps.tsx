import { Group } from '@mantine/core';
import { IconPlayerTrackNextFilled, IconPlayerTrackPrevFilled } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Sign } from '../ui/player-buttons';
import type { Steps } from './use-moments';
import './bring-texts';

/** The way to the moment before and to the one after, around a player's other buttons. */
export function MomentSteps({ steps, children }: { readonly steps: Steps; readonly children: ReactNode }) {
  const { t } = useTranslation('markers');
  const { previous, next } = steps;
  return (
    <Group gap={6} wrap="nowrap">
      <Sign title={t('previous')} keys="p" disabled={previous === null} onClick={() => previous?.()}>
        <IconPlayerTrackPrevFilled size={20} aria-hidden />
      </Sign>
      {children}
      <Sign title={t('next')} keys="n" disabled={next === null} onClick={() => next?.()}>
        <IconPlayerTrackNextFilled size={20} aria-hidden />
      </Sign>
    </Group>
  );
}
