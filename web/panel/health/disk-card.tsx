import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client';
import { bytes, duration } from '../i18n/format';
import { Card } from '../ui/card';
import classes from './health.module.css';

const WEEK_HOURS = 168;

/** How much room there is, and for how long. */
export function DiskCard(props: {
  readonly disk: Schemas['DiskView'];
  readonly stats: Schemas['VideoStatsAnswer'] | null;
}) {
  const { disk, stats } = props;
  const { t } = useTranslation('health');
  const videos = stats?.bytes ?? 0;
  const whole = videos + disk.free_bytes;
  const free = Math.max(0, disk.free_bytes - disk.reserve_bytes);
  const parts = [
    { part: 'videos', value: videos, text: t('diskVideos', { bytes: bytes(videos) }) },
    { part: 'free', value: free, text: t('diskFree', { bytes: bytes(free) }) },
    { part: 'reserve', value: disk.reserve_bytes, text: t('diskReserve', { bytes: bytes(disk.reserve_bytes) }) },
  ];
  const left =
    disk.hours_left === null
      ? t('nothingWritten')
      : disk.hours_left > WEEK_HOURS
        ? t('hoursMany')
        : t('hoursLeft', { time: duration(disk.hours_left * 3600) });
  return (
    <Card title={t('disk')}>
      <div className={classes.bar} aria-hidden>
        {parts.map(({ part, value }) => (
          <span key={part} data-part={part} style={{ width: `${(100 * value) / whole}%` }} />
        ))}
      </div>
      <Group gap="md" my="xs">
        {parts.map(({ part, text }) => (
          <Text key={part} size="sm">
            <span className={classes.key} data-part={part} />
            {text}
          </Text>
        ))}
      </Group>
      <Text c={disk.hours_left !== null && disk.hours_left < 24 ? 'var(--warn)' : 'dimmed'}>{left}</Text>
    </Card>
  );
}
