import { Alert, Button, Group, Loader, NativeSelect, Progress, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconPlayerRecordFilled, IconPlayerStopFilled } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ReviewPlayer } from '../../live';
import { answer, api } from '../api/client';
import { AutoStopNote } from '../courts/auto-stop';
import { isRunning } from '../courts/court-states';
import { useStopCourt } from '../courts/record-court';
import { bytes, clock, duration, time } from '../i18n/format';
import { Card } from '../ui/card';
import { ButtonLink } from '../ui/links';
import { sayFailed } from '../ui/say';
import classes from './court.module.css';
import { SoundLine } from './sound-line';
import { type Recording, type Session, sessionChanged, sessionIs } from './session-data';

export const DURATIONS = [60, 90, 120, 180] as const;
const EXTENSIONS = [15, 30] as const;

/** Recording: the button, its clock, what is written, and what became of it. */
export function RecordPanel(props: {
  readonly session: Session;
  readonly courtName: string;
  readonly mayRun: boolean;
  readonly recordedSeconds: number | null;
  readonly timeZone: string | undefined;
}) {
  const { session, courtName, mayRun, recordedSeconds, timeZone } = props;
  const { recording } = session;
  if (recording === null) return mayRun ? <Start session={session} /> : null;
  if (isRunning(recording)) {
    const seconds = recordedSeconds ?? recording.duration_seconds;
    return <Running {...{ session, recording, courtName, mayRun, seconds, timeZone }} />;
  }
  return <Outcome recording={recording} />;
}

function Start({ session }: { readonly session: Session }) {
  const { t } = useTranslation('court');
  const [minutes, setMinutes] = useState(90);
  const start = useMutation({
    mutationFn: () => {
      const body = { session_id: session.session_id, duration_minutes: minutes };
      return answer(api.POST('/api/video/record/start', { body }));
    },
    onSuccess: ({ recording }) => {
      sessionIs({ ...session, recording });
      // What looking back needs is fetched while nobody waits for it.
      void ReviewPlayer.prepare().catch(() => undefined);
    },
    onError: (error) => {
      sayFailed(error);
      void sessionChanged(session.session_id);
    },
  });
  return (
    <Card>
      <Stack gap="sm">
        <DurationField minutes={minutes} onChange={setMinutes} />
        <Button
          className={classes.record}
          color="red"
          fullWidth
          leftSection={<IconPlayerRecordFilled aria-hidden />}
          loading={start.isPending}
          disabled={session.status !== 'live'}
          onClick={() => start.mutate()}
        >
          {t('record')}
        </Button>
      </Stack>
    </Card>
  );
}

export function DurationField({
  minutes,
  onChange,
}: {
  readonly minutes: number;
  readonly onChange: (minutes: number) => void;
}) {
  const { t } = useTranslation('court');
  return (
    <NativeSelect
      label={t('duration')}
      size="md"
      data={DURATIONS.map((value) => ({ value: String(value), label: duration(value * 60) }))}
      value={String(minutes)}
      onChange={(event) => onChange(Number(event.currentTarget.value))}
    />
  );
}

function Running(props: {
  readonly session: Session;
  readonly recording: Recording;
  readonly courtName: string;
  readonly mayRun: boolean;
  readonly seconds: number;
  readonly timeZone: string | undefined;
}) {
  const { session, recording, courtName, mayRun, seconds, timeZone } = props;
  const { session_id } = session;
  const { t } = useTranslation('court');
  const stop = useStopCourt({ name: courtName, session_id }, (stopped) =>
    sessionIs({ ...session, recording: stopped }),
  );
  const extend = useMutation({
    mutationFn: (minutes: number) => answer(api.POST('/api/video/record/extend', { body: { session_id, minutes } })),
    onSuccess: ({ status }) => sessionIs({ ...session, recording: status }),
    onError: sayFailed,
  });
  const planned = plannedSeconds(recording);
  return (
    <Card>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-end">
          <div>
            <Text size="sm" c="var(--record)" fw={650}>
              {recording.status === 'starting' ? t('starting') : t('recording')}
            </Text>
            <span className={classes.clock} role="timer">
              {clock(seconds)}
            </span>
          </div>
          <Text size="sm" c="dimmed" ta="right">
            {t('written', { bytes: bytes(recording.bytes_written) })}
            {recording.planned_end_at !== null && (
              <>
                <br />
                {t('endsAt', { time: time(recording.planned_end_at, timeZone) })}
              </>
            )}
          </Text>
        </Group>
        {planned !== null && (
          <Progress value={Math.min(100, (100 * seconds) / planned)} color="red" aria-label={t('recording')} />
        )}
        {recording.auto_stop_at !== null && (
          <AutoStopNote
            sessionId={session_id}
            at={recording.auto_stop_at}
            mayKeep={mayRun}
            onKept={(kept) => sessionIs({ ...session, recording: kept })}
          />
        )}
        {recording.status === 'reconnecting' && (
          <Alert color="yellow" icon={<IconAlertTriangle />} role="status">
            {t('reconnecting')}
          </Alert>
        )}
        {mayRun && (
          <>
            <Button
              className={classes.record}
              color="red"
              fullWidth
              leftSection={<IconPlayerStopFilled aria-hidden />}
              loading={stop.isPending}
              onClick={() => stop.ask(seconds)}
            >
              {t('stop')}
            </Button>
            <Group grow>
              {EXTENSIONS.map((minutes) => (
                <Button
                  key={minutes}
                  variant="default"
                  disabled={extend.isPending}
                  onClick={() => extend.mutate(minutes)}
                >
                  {t('extend', { minutes: String(minutes) })}
                </Button>
              ))}
            </Group>
          </>
        )}
        <SoundLine sound={session.sound} />
        <Gaps gaps={recording.gaps} />
      </Stack>
    </Card>
  );
}

function Outcome({ recording }: { readonly recording: Recording }) {
  const { t } = useTranslation('court');
  if (recording.status === 'ready') {
    return (
      <Card>
        <Stack gap="sm">
          <Group gap="xs">
            <IconCircleCheck color="var(--mantine-primary-color-filled)" aria-hidden />
            <Text fw={650}>{t('ready')}</Text>
            <Text c="dimmed" ml="auto">
              {duration(recording.duration_seconds)} · {bytes(recording.bytes_written)}
            </Text>
          </Group>
          {recording.stop_reason === 'no_play' && (
            <Text size="sm" c="dimmed">
              {t('stoppedByItself', { time: duration(recording.idle_tail_seconds ?? 0) })}
            </Text>
          )}
          <ButtonLink to="/videos/$videoId" params={{ videoId: recording.session_id }} size="lg">
            {t('toVideo')}
          </ButtonLink>
          <Gaps gaps={recording.gaps} />
        </Stack>
      </Card>
    );
  }
  if (recording.status === 'failed') {
    return (
      <Alert color="red" role="alert" icon={<IconAlertTriangle />} title={t('failed')}>
        {t('failedHint')}
      </Alert>
    );
  }
  return (
    <Card>
      <Group wrap="nowrap" role="status">
        <Loader size="sm" />
        <div>
          <Text fw={650}>{t('stopping')}</Text>
          <Text size="sm" c="dimmed">
            {t('stoppingHint')}
          </Text>
        </div>
      </Group>
    </Card>
  );
}

/** Where the recording has no picture, and why. */
export function Gaps({ gaps }: { readonly gaps: Recording['gaps'] }) {
  const { t } = useTranslation('court');
  if (gaps.length === 0) return null;
  return (
    <details>
      <summary>{t('gaps', { count: gaps.length })}</summary>
      <ul className={classes.gaps}>
        {gaps.map((gap) => (
          <li key={gap.start_seconds}>
            {t('gapAt', { start: clock(gap.start_seconds), end: clock(gap.end_seconds), reason: t(gap.reason) })}
          </li>
        ))}
      </ul>
    </details>
  );
}

function plannedSeconds({ started_at, planned_end_at }: Recording): number | null {
  if (started_at === null || planned_end_at === null) return null;
  return (new Date(planned_end_at).getTime() - new Date(started_at).getTime()) / 1000;
}
