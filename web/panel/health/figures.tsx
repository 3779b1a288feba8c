import { Group, RingProgress, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Card } from '../ui/card';
import type { CourtOutages, Health } from './health-data';
import classes from './health.module.css';

/** What is going on now, as rings: how much of what there is. */
export function Figures({
  health,
  courts,
}: {
  readonly health: Health;
  readonly courts: readonly CourtOutages[] | null;
}) {
  const { t } = useTranslation('health');
  const { active_sessions, active_recordings, max_concurrent, details } = health;
  const online = courts?.filter(({ camera }) => camera.online === true).length ?? 0;
  const all = courts?.length ?? 0;
  return (
    <div className={classes.figures}>
      {courts !== null && (
        <Figure
          title={t('cameras')}
          text={t('online', { online: String(online), all: String(all) })}
          part={share(online, all)}
          color={online < all ? 'red' : 'court'}
        />
      )}
      <Figure
        title={t('sessions')}
        text={t('ofMost', { now: String(active_sessions), most: String(max_concurrent) })}
        part={share(active_sessions, max_concurrent)}
        color={active_sessions >= max_concurrent ? 'red' : 'court'}
      />
      <Figure
        title={t('recordings')}
        text={String(active_recordings)}
        part={share(active_recordings, Math.max(active_sessions, 1))}
        color="red"
      />
      {details && <Figure title={t('viewers')} text={String(details.viewers)} part={null} color="court" />}
    </div>
  );
}

function Figure(props: {
  readonly title: string;
  readonly text: string;
  readonly part: number | null;
  readonly color: string;
}) {
  const { title, text, part, color } = props;
  return (
    <Card>
      <Group wrap="nowrap" mih={56}>
        {part !== null && (
          <RingProgress size={56} thickness={7} roundCaps sections={[{ value: part * 100, color }]} aria-hidden />
        )}
        <div>
          <Text size="sm" c="dimmed">
            {title}
          </Text>
          <Text fw={650} size="lg">
            {text}
          </Text>
        </div>
      </Group>
    </Card>
  );
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.min(1, part / whole);
}
