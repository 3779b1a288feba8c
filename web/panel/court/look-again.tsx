import { Button, Group, Stack, Text } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { MomentSteps } from '../markers/moment-steps';
import type { Steps } from '../markers/use-moments';
import { BackButtons, FrameButtons, SpeedButtons } from '../ui/player-buttons';
import { type KeyActions, usePlayerKeys } from '../ui/player-keys';
import { Timeline } from '../ui/timeline';
import { type Lookback, SPEEDS, type Stretch } from './lookback';

/** The buttons for looking back, and their keys. */
export function LookAgain(props: {
  readonly lookback: Lookback | null;
  readonly gaps: readonly Stretch[];
  /** What lies on the timeline. */
  readonly lane: ReactNode;
  /** What lies below the timeline. */
  readonly under: ReactNode;
  /** Keys besides those of the player; the same object each time. */
  readonly keys: KeyActions;
  readonly steps: Steps;
}) {
  const { lookback, gaps, lane, under, keys, steps } = props;
  const { t } = useTranslation('court');
  const { t: player } = useTranslation('player');
  const { t: markers } = useTranslation('markers');
  usePlayerKeys(
    lookback,
    useMemo(() => ({ ...keys, l: () => lookback?.toLive() }), [lookback, keys]),
  );
  const off = lookback === null || !lookback.possible;
  const playing = lookback !== null && lookback.active && !lookback.paused;
  return (
    <Stack gap="xs">
      <Timeline
        label={player('position')}
        position={lookback?.position ?? 0}
        end={lookback?.end ?? 0}
        gaps={gaps}
        disabled={off}
        lane={lane}
        under={under}
        onSeek={(seconds) => lookback?.goTo(seconds, false)}
      />
      <Group gap="xs" justify="space-between">
        <BackButtons player={lookback} disabled={off} />
        <MomentSteps steps={steps}>
          <FrameButtons player={lookback} disabled={off} playing={playing} />
        </MomentSteps>
        <SpeedButtons
          player={lookback}
          disabled={off}
          speeds={SPEEDS}
          speed={lookback?.active ? lookback.speed : null}
        />
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
        {off ? t('reviewHint') : `${t('keys')} · ${markers('keys')}`}
      </Text>
    </Stack>
  );
}
