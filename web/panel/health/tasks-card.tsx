import { Button, Group, Text } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed, IconCircleX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, Schemas } from '../api/client';
import { queries } from '../app/queries';
import { bytes, duration, number } from '../i18n/format';
import { Card } from '../ui/card';
import { sayDone, sayFailed } from '../ui/say';
import { useNow } from '../ui/use-now';
import classes from './health.module.css';

/** What the service does by the clock, and how it went last. */
export function TasksCard({ details }: { readonly details: Schemas['HealthDetailsView'] }) {
  const { t } = useTranslation('health');
  const now = useNow(5_000);
  const run = useMutation({
    mutationFn: () => answer(api.POST('/api/video/cleanup')),
    onSuccess: () => sayDone(t('ran')),
    onError: sayFailed,
    onSettled: () => queries.invalidateQueries({ queryKey: ['health'] }),
  });
  return (
    <Card title={t('tasks')}>
      {details.tasks.map((task) => (
        <div key={task.name} className={classes.task}>
          <Outcome outcome={task.outcome} />
          <div>
            <Text size="sm">{t(task.name)}</Text>
            <Text size="xs" c="dimmed">
              {task.last_run === null
                ? t('never')
                : t('ago', {
                    time: duration(Math.max(0, (now - new Date(task.last_run).getTime()) / 1000)),
                    duration: lasting(task.duration_ms ?? 0),
                  })}
              {task.error !== null && ` · ${task.error}`}
            </Text>
          </div>
        </div>
      ))}
      <Group justify="space-between" mt="sm">
        <Text size="xs" c="dimmed">
          {t('serviceFacts', { uptime: duration(details.uptime_seconds), memory: bytes(details.rss_bytes) })}
        </Text>
        <Button variant="default" loading={run.isPending} onClick={() => run.mutate()}>
          {t('run')}
        </Button>
      </Group>
    </Card>
  );
}

function lasting(ms: number): string {
  return ms < 1_000 ? `${number(ms)} ms` : `${number(ms / 1000, 1)} s`;
}

function Outcome({ outcome }: { readonly outcome: Schemas['TaskView']['outcome'] }) {
  const { t } = useTranslation('health');
  if (outcome === 'ok')
    return <IconCircleCheck role="img" aria-label={t('ok')} color="var(--mantine-primary-color-filled)" />;
  if (outcome === 'failed') return <IconCircleX role="img" aria-label={t('failed')} color="var(--record)" />;
  return (
    <IconCircleDashed role="img" aria-label={t(outcome === 'skipped' ? 'skipped' : 'never')} color="var(--free)" />
  );
}
