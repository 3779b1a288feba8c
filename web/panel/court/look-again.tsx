import { ActionIcon, Button, Group, Stack, Text, Tooltip } from '@mantine/core';
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBackFilled,
  IconPlayerSkipForwardFilled,
  IconRewindBackward10,
  IconRewindBackward30,
  IconRewindBackward5,
} from '@tabler/icons-react';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Timeline } from '../ui/timeline';
import { type Lookback, SPEEDS, type Stretch } from './lookback';

const SPEED_SIGNS: Readonly<Record<number, string>> = { 0.25: '¼×', 0.5: '½×', 1: '1×' };
const SPEED_KEYS: Readonly<Record<string, number>> = { '4': 0.25, '2': 0.5, '1': 1 };

/** The buttons for looking back, and their keys. */
export function LookAgain({
  lookback,
  gaps,
}: {
  readonly lookback: Lookback | null;
  readonly gaps: readonly Stretch[];
}) {
  const { t } = useTranslation('court');
  useKeys(lookback);
  const off = lookback === null || !lookback.possible;
  const playing = lookback !== null && lookback.active && !lookback.paused;
  return (
    <Stack gap="xs">
      <Timeline
        label={t('position')}
        position={lookback?.position ?? 0}
        end={lookback?.end ?? 0}
        gaps={gaps}
        disabled={off}
        onSeek={(seconds) => lookback?.goTo(seconds, false)}
      />
      <Group gap="xs" justify="space-between">
        <Group gap={6}>
          <Sign title={t('back30')} disabled={off} onClick={() => lookback?.back(30)}>
            <IconRewindBackward30 aria-hidden />
          </Sign>
          <Sign title={t('back10')} disabled={off} onClick={() => lookback?.back(10)}>
            <IconRewindBackward10 aria-hidden />
          </Sign>
          <Sign title={t('back5')} keys="ArrowLeft" disabled={off} onClick={() => lookback?.back(5)}>
            <IconRewindBackward5 aria-hidden />
          </Sign>
        </Group>
        <Group gap={6}>
          <Sign title={t('previousFrame')} keys="," disabled={off} onClick={() => lookback?.step(-1)}>
            <IconPlayerSkipBackFilled size={18} aria-hidden />
          </Sign>
          <Sign title={playing ? t('pause') : t('play')} keys="Space" disabled={off} onClick={() => lookback?.toggle()}>
            {playing ? <IconPlayerPauseFilled size={20} aria-hidden /> : <IconPlayerPlayFilled size={20} aria-hidden />}
          </Sign>
          <Sign title={t('nextFrame')} keys="." disabled={off} onClick={() => lookback?.step(1)}>
            <IconPlayerSkipForwardFilled size={18} aria-hidden />
          </Sign>
        </Group>
        <Group gap={6} role="group" aria-label={t('speed')}>
          {SPEEDS.map((speed) => (
            <Sign
              key={speed}
              title={`${t('speed')} ${SPEED_SIGNS[speed]}`}
              disabled={off}
              pressed={lookback?.active === true && lookback.speed === speed}
              onClick={() => lookback?.setSpeed(speed)}
            >
              <span aria-hidden>{SPEED_SIGNS[speed]}</span>
            </Sign>
          ))}
        </Group>
        <Button
          variant={lookback?.active ? 'filled' : 'default'}
          disabled={!lookback?.active}
          title={t('toLiveTitle')}
          onClick={() => lookback?.toLive()}
        >
          {t('toLive')}
        </Button>
      </Group>
      <Text size="xs" c="dimmed" visibleFrom={off ? 'base' : 'md'}>
        {off ? t('reviewHint') : t('keys')}
      </Text>
    </Stack>
  );
}

/** A button with a sign on it: its words are its title. */
function Sign(props: {
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

/** The same by keys, unless somebody is writing. */
function useKeys(lookback: Lookback | null): void {
  useEffect(() => {
    if (lookback === null) return;
    const actions: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => lookback.back(5),
      ArrowRight: () => lookback.forward(5),
      ',': () => lookback.step(-1),
      '.': () => lookback.step(1),
      ' ': () => lookback.toggle(),
      l: () => lookback.toLive(),
    };
    const press = (event: KeyboardEvent): void => {
      const { key, target } = event;
      if (event.ctrlKey || event.altKey || event.metaKey || !lookback.possible || isTyping(target)) return;
      // Space presses the button that has the focus.
      if (key === ' ' && target instanceof HTMLElement && target.closest('button, a, input')) return;
      const speed = SPEED_KEYS[key];
      const action = actions[key] ?? (speed === undefined ? undefined : () => lookback.setSpeed(speed));
      if (!action) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [lookback]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type=range]), textarea, select, [role=dialog] *');
}
