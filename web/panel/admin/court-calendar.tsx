import { Alert, Button, Checkbox, Group, Paper, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconCalendarRepeat, IconLock } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClubs } from '../access/club';
import { answer, api, type Schemas } from '../api/client';
import { ApiProblem } from '../api/problem';
import { queries } from '../app/queries';
import { Consent } from '../court/consent';
import { dateTime, number } from '../i18n/format';
import { inWords } from '../i18n/problems';
import { useConfirm } from '../ui/confirm';
import { outgoingErrorInWords } from '../ui/outgoing-error';
import { sayDone } from '../ui/say';
import { Failed } from '../ui/states';
import classes from './admin.module.css';
import type { Court } from './court-data';

type Calendar = NonNullable<Schemas['CalendarAnswer']['calendar']>;

const MOST_URL = 2048;
/** It is asked for as soon as it is entered, which takes some seconds. */
const ENTERED_MS = 2_000;
const QUIET_MS = 30_000;

/** The calendar that a court's bookings follow: entered, looked after, let go of. */
export function CourtCalendar({ clubId, court }: { readonly clubId: number; readonly court: Court }) {
  const { t } = useTranslation('calendar');
  const params = { path: { clubId, id: court.id } };
  const query = useQuery({
    queryKey: ['calendar', court.id],
    queryFn: () => answer(api.GET('/api/clubs/{clubId}/terrains/{id}/calendar', { params })),
    refetchInterval: ({ state }) => {
      const calendar = state.data?.calendar;
      return calendar && calendar.read_at === null && calendar.error === null ? ENTERED_MS : QUIET_MS;
    },
  });
  const [entering, setEntering] = useState(false);
  const calendar = query.data?.calendar ?? null;
  return (
    <Paper withBorder p="sm" bg="transparent" component="section" aria-label={t('title')}>
      <Stack gap="xs">
        <Group gap="xs">
          <IconCalendarRepeat size={20} aria-hidden />
          <Text fw={600}>{t('title')}</Text>
        </Group>
        <Text size="sm" c="dimmed">
          {t('hint')}
        </Text>
        {query.isError && !query.data && <Failed error={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending && <Skeleton h={48} radius="md" />}
        {calendar !== null && <Present clubId={clubId} court={court} calendar={calendar} />}
        {calendar !== null && (
          <Group>
            <Button variant="light" aria-expanded={entering} onClick={() => setEntering(!entering)}>
              {t(entering ? 'keep' : 'other')}
            </Button>
          </Group>
        )}
        {query.data && (calendar === null || entering) && (
          <AddressForm clubId={clubId} courtId={court.id} onDone={() => setEntering(false)} />
        )}
      </Stack>
    </Paper>
  );
}

/** How its last reading went. */
function Present(props: { readonly clubId: number; readonly court: Court; readonly calendar: Calendar }) {
  const { clubId, court, calendar } = props;
  const { t } = useTranslation('calendar');
  const confirm = useConfirm();
  const zone = useClubs().data?.find(({ id }) => id === clubId)?.time_zone;
  const remove = useMutation({
    mutationFn: () => {
      const params = { path: { clubId, id: court.id } };
      return answer(api.DELETE('/api/clubs/{clubId}/terrains/{id}/calendar', { params }));
    },
    onSuccess: () => sayDone(t('removed')),
    onSettled: () => calendarChanged(court.id),
  });
  const ask = (): void =>
    confirm({
      title: t('removeTitle', { name: court.name }),
      text: t('removeText'),
      button: t('remove'),
      onConfirm: () => remove.mutate(),
    });
  const moment = (at: string | null): string => (at === null ? t('never') : dateTime(at, zone));
  return (
    <>
      <Text fw={550} style={{ overflowWrap: 'anywhere' }}>
        {t('from', { origin: calendar.origin })}
      </Text>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <IconLock size={18} aria-hidden style={{ flex: 'none' }} />
        <Text size="sm" c="dimmed">
          {t('sealed')}
        </Text>
      </Group>
      {calendar.error !== null && (
        <Alert color="yellow" role="status" icon={<IconAlertTriangle />} title={outgoingErrorInWords(calendar.error)}>
          {t('fault')}
        </Alert>
      )}
      <dl className={classes.facts}>
        <dt>{t('asked')}</dt>
        <dd>{moment(calendar.fetched_at)}</dd>
        <dt>{t('read')}</dt>
        <dd>{moment(calendar.read_at)}</dd>
        <dt>{t('events')}</dt>
        <dd>{number(calendar.events)}</dd>
      </dl>
      {calendar.skipped > 0 && <Text size="sm">{t('skipped', { count: calendar.skipped })}</Text>}
      {remove.isError && (
        <Alert color="red" role="alert">
          {inWords(remove.error)}
        </Alert>
      )}
      <Group>
        <Button variant="subtle" color="red" loading={remove.isPending} onClick={ask}>
          {t('remove')}
        </Button>
      </Group>
    </>
  );
}

function AddressForm(props: { readonly clubId: number; readonly courtId: number; readonly onDone: () => void }) {
  const { clubId, courtId, onDone } = props;
  const { t } = useTranslation('calendar');
  const note = useClubs().data?.find(({ id }) => id === clubId)?.consent_note ?? null;
  const [url, setUrl] = useState('');
  const [consent, setConsent] = useState(false);
  const [fault, setFault] = useState<'needUrl' | 'needConsent' | null>(null);
  const save = useMutation({
    mutationFn: () => {
      const body = { url: url.trim(), ...(note !== null && { consent }) };
      const params = { path: { clubId, id: courtId } };
      return answer(api.PUT('/api/clubs/{clubId}/terrains/{id}/calendar', { params, body }));
    },
    onSuccess: () => {
      sayDone(t('saved'));
      setUrl('');
      onDone();
    },
    onSettled: () => calendarChanged(courtId),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const first = url.trim() === '' ? 'needUrl' : note !== null && !consent ? 'needConsent' : null;
    setFault(first);
    if (first === null) save.mutate();
  };
  const said = save.error instanceof ApiProblem ? save.error.errors.find(({ field }) => field === 'url') : undefined;
  const ofUrl = fault === 'needUrl' ? t('needUrl') : said ? outgoingErrorInWords(said.message) : null;
  return (
    <form onSubmit={submit} noValidate autoComplete="off">
      <Stack gap="sm">
        <TextInput
          type="url"
          inputMode="url"
          label={t('url')}
          description={t('urlHint')}
          placeholder="https://"
          maxLength={MOST_URL}
          value={url}
          error={ofUrl}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        {note !== null && (
          <>
            <Consent note={note} />
            <Checkbox
              label={t('consent')}
              size="md"
              checked={consent}
              error={fault === 'needConsent' ? t('needConsent') : null}
              onChange={(event) => setConsent(event.currentTarget.checked)}
            />
          </>
        )}
        {save.isError && ofUrl === null && (
          <Alert color="red" role="alert">
            {inWords(save.error)}
          </Alert>
        )}
        <Group>
          <Button type="submit" variant="light" loading={save.isPending}>
            {t('follow')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The calendar of a court is another, or none; what it planned is, too. */
async function calendarChanged(courtId: number): Promise<void> {
  const keys = [['calendar', courtId], ['bookings'], ['bookings-ahead']];
  await Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey })));
}
