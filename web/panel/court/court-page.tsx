import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconArrowLeft, IconEye, IconPlayerRecordFilled, IconUsers } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClubs } from '../access/club';
import { answer, api } from '../api/client';
import { NotFound } from '../app/faults';
import { courtsChanged, isFree, useCourtStates } from '../courts/court-states';
import { NextBooking } from '../courts/next-booking';
import { openCourt, useRecordCourt } from '../courts/record-court';
import { Card } from '../ui/card';
import { TextLink } from '../ui/links';
import { useTitle } from '../ui/page-title';
import { readId } from '../ui/read-id';
import { sayFailed } from '../ui/say';
import { Empty, Failed, Loading } from '../ui/states';
import classes from './court.module.css';
import { JoinForm } from './join-form';
import { DurationField } from './record-panel';
import { SessionView } from './session-view';
import './bring-texts';
import { Consent } from './consent';

/** One court: watched, recorded, looked at again. */
export function CourtPage() {
  const courtId = readId(useParams({ from: '/inside/courts/$courtId' }).courtId);
  return courtId === null ? <NotFound /> : <Court courtId={courtId} />;
}

function Court({ courtId }: { readonly courtId: number }) {
  const { t } = useTranslation('court');
  const court = useQuery({
    queryKey: ['court', courtId],
    queryFn: () => answer(api.GET('/api/terrains/{id}', { params: { path: { id: courtId } } })),
    staleTime: 60_000,
  });
  const states = useCourtStates(court.data?.club_id ?? null);
  const club = useClubs().data?.find(({ id }) => id === court.data?.club_id) ?? null;
  useTitle(court.data?.name ?? '');
  if (court.isError && !court.data) return <Failed error={court.error} onRetry={() => void court.refetch()} />;
  if (states.isError && !states.data) return <Failed error={states.error} onRetry={() => void states.refetch()} />;
  const state = states.data?.find(({ terrain_id }) => terrain_id === courtId);
  if (!court.data || !state) return <Loading />;
  const { name } = court.data;
  return (
    <>
      <Group mb="md" gap="md">
        <TextLink to="/courts" c="dimmed" mih={44} display="inline-flex">
          <Group gap={6}>
            <IconArrowLeft size={20} aria-hidden /> {t('back')}
          </Group>
        </TextLink>
        <Title order={1} size="h2">
          {name}
        </Title>
        <NextBooking clubId={court.data.club_id} courtId={courtId} timeZone={club?.time_zone} />
      </Group>
      {state.session_id !== null ? (
        <SessionView key={state.session_id} sessionId={state.session_id} courtName={name} club={club} />
      ) : isFree(state) ? (
        <FreeCourt court={state} note={club?.consent_note ?? null} />
      ) : (
        <Empty icon={<IconUsers size={32} />} title={t('inUse')} text={t('inUseHint')}>
          <JoinForm />
        </Empty>
      )}
    </>
  );
}

type Free = Parameters<typeof useRecordCourt>[0];

function FreeCourt({ court, note }: { readonly court: Free; readonly note: string | null }) {
  const { t } = useTranslation('court');
  const { t: courts } = useTranslation('courts');
  const [minutes, setMinutes] = useState(90);
  const record = useRecordCourt(court);
  const open = useMutation({
    mutationFn: () => openCourt(court.terrain_id),
    onError: sayFailed,
    onSettled: courtsChanged,
  });
  const busy = record.isPending || open.isPending;
  return (
    <div className={classes.page}>
      <div className={classes.picture}>
        <div className={classes.stage}>
          <div className={classes.overlay} role="status">
            <div>
              <Text fw={650} size="lg">
                {busy ? courts('opening') : t('free')}
              </Text>
              {!busy && <Text>{t('freeHint')}</Text>}
            </div>
          </div>
        </div>
      </div>
      <div className={classes.side}>
        <Consent note={note} />
        <Card>
          <Stack gap="sm">
            <DurationField minutes={minutes} onChange={setMinutes} />
            <Button
              className={classes.record}
              color="red"
              leftSection={<IconPlayerRecordFilled aria-hidden />}
              loading={record.isPending}
              disabled={open.isPending}
              onClick={() => record.start(minutes)}
            >
              {t('record')}
            </Button>
            <Button
              variant="default"
              size="md"
              leftSection={<IconEye size={20} aria-hidden />}
              loading={open.isPending}
              disabled={record.isPending}
              onClick={() => open.mutate()}
            >
              {t('open')}
            </Button>
          </Stack>
        </Card>
      </div>
    </div>
  );
}
