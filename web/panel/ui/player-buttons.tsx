import { ActionIcon, Group, Tooltip } from '@mantine/core';
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBackFilled,
  IconPlayerSkipForwardFilled,
  IconRewindBackward10,
  IconRewindBackward30,
  IconRewindBackward5,
  IconRewindForward10,
  IconRewindForward30,
  IconRewindForward5,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Steerable } from './player-keys';

const SPEED_SIGNS: Readonly<Record<number, string>> = { 0.25: '¼×', 0.5: '½×', 1: '1×', 2: '2×' };

interface Props {
  readonly player: Steerable | null;
  readonly disabled: boolean;
}

/** Back by 30, 10 and 5 seconds. */
export function BackButtons({ player, disabled }: Props) {
  const { t } = useTranslation('player');
  return (
    <Group gap={6} wrap="nowrap">
      <Sign title={t('back30')} disabled={disabled} onClick={() => player?.back(30)}>
        <IconRewindBackward30 aria-hidden />
      </Sign>
      <Sign title={t('back10')} disabled={disabled} onClick={() => player?.back(10)}>
        <IconRewindBackward10 aria-hidden />
      </Sign>
      <Sign title={t('back5')} keys="ArrowLeft" disabled={disabled} onClick={() => player?.back(5)}>
        <IconRewindBackward5 aria-hidden />
      </Sign>
    </Group>
  );
}

/** Forward by 5, 10 and 30 seconds. */
export function ForwardButtons({ player, disabled }: Props) {
  const { t } = useTranslation('player');
  return (
    <Group gap={6} wrap="nowrap">
      <Sign title={t('forward5')} keys="ArrowRight" disabled={disabled} onClick={() => player?.forward(5)}>
        <IconRewindForward5 aria-hidden />
      </Sign>
      <Sign title={t('forward10')} disabled={disabled} onClick={() => player?.forward(10)}>
        <IconRewindForward10 aria-hidden />
      </Sign>
      <Sign title={t('forward30')} disabled={disabled} onClick={() => player?.forward(30)}>
        <IconRewindForward30 aria-hidden />
      </Sign>
    </Group>
  );
}

/** Play or pause, and a picture back or on. */
export function FrameButtons({ player, disabled, playing }: Props & { readonly playing: boolean }) {
  const { t } = useTranslation('player');
  return (
    <Group gap={6} wrap="nowrap">
      <Sign title={t('previousFrame')} keys="," disabled={disabled} onClick={() => player?.step(-1)}>
        <IconPlayerSkipBackFilled size={18} aria-hidden />
      </Sign>
      <Sign title={playing ? t('pause') : t('play')} keys="Space" disabled={disabled} onClick={() => player?.toggle()}>
        {playing ? <IconPlayerPauseFilled size={20} aria-hidden /> : <IconPlayerPlayFilled size={20} aria-hidden />}
      </Sign>
      <Sign title={t('nextFrame')} keys="." disabled={disabled} onClick={() => player?.step(1)}>
        <IconPlayerSkipForwardFilled size={18} aria-hidden />
      </Sign>
    </Group>
  );
}

/** How fast it plays. @param speed the one in force; `null`: none is */
export function SpeedButtons(
  props: Props & { readonly speeds: readonly number[]; readonly speed: number | null | undefined },
) {
  const { player, disabled, speeds, speed: current } = props;
  const { t } = useTranslation('player');
  return (
    <Group gap={6} wrap="nowrap" role="group" aria-label={t('speed')}>
      {speeds.map((speed) => (
        <Sign
          key={speed}
          title={`${t('speed')} ${SPEED_SIGNS[speed]}`}
          disabled={disabled}
          pressed={speed === current}
          onClick={() => player?.setSpeed(speed)}
        >
          <span aria-hidden>{SPEED_SIGNS[speed]}</span>
        </Sign>
      ))}
    </Group>
  );
}

/** A button with a sign on it: its words are its title. */
export function Sign(props: {
  readonly title: string;
  readonly keys?: string;
  readonly disabled: boolean;
  readonly pressed?: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}) {
  const { title, keys, disabled, pressed, onClick, children } = props;
  return (
    <Tooltip label={title}>
      <ActionIcon
        size={48}
        variant={pressed ? 'filled' : 'default'}
        aria-label={title}
        aria-pressed={pressed}
        aria-keyshortcuts={keys}
        disabled={disabled}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
