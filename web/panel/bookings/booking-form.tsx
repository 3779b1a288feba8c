import { Alert, Button, Checkbox, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { isAdmin, useUser } from '../access/use-access';
import { Consent } from '../court/consent';
import { day as dayInWords, duration, time as timeInWords } from '../i18n/format';
import { inWords } from '../i18n/problems';
import { sayDone } from '../ui/say';
import { useNow } from '../ui/use-now';
import { dayOf } from '../videos/club-days';
import { type Booking, bookingsChanged, changeBooking, makeBooking } from './bookings-data';
import { instantOf, timeOf } from './club-time';
import { faultsOf, type FormFault, timesFault } from './form-faults';
import { PeopleFields } from './people-fields';

const LENGTHS = [30, 45, 60, 75, 90, 105, 120, 150, 180];
const USUAL_MINUTES = 90;
const MOST_NAME = 120;

/** What is typed. */
interface Typed {
  readonly courtId: number;
  readonly day: string;
  readonly time: string;
  readonly minutes: number;
  readonly title: string;
  readonly ownerId: number;
  readonly playerIds: readonly number[];
  readonly consent: boolean;
}

/** Where one begins who books anew. */
export interface Start {
  readonly courtId: number;
  readonly day: string;
  readonly time: string;
}

/** Plans a recording, or moves one. */
export function BookingForm(props: {
  readonly club: Club;
  readonly courts: readonly { readonly id: number; readonly name: string }[];
  /** The one that is changed; `null`: a new one. */
  readonly booking: Booking | null;
  readonly start: Start;
  readonly onDone: (booking: Booking) => void;
}) {
  const { club, courts, booking, start, onDone } = props;
  const { t } = useTranslation('bookings');
  const { t: app } = useTranslation();
  const { time_zone: zone, consent_note: note } = club;
  const user = useUser();
  const admin = isAdmin(user);
  const now = useNow(30_000);
  const [typed, setTyped] = useState(() => typedOf(booking, start, user.id, zone));
  const [own, setOwn] = useState<FormFault | null>(null);
  const set = (part: Partial<Typed>): void => {
    setOwn(null);
    setTyped((before) => ({ ...before, ...part }));
  };
  const { courtId, day, time, minutes, title, ownerId, playerIds } = typed;
  const startsAt = day === '' ? null : instantOf(day, time, zone);
  const endsAt = startsAt === null ? null : startsAt + minutes * 60_000;
  const court = courts.find(({ id }) => id === courtId)?.name ?? '';
  const needsConsent = booking === null && note !== null;
  const save = useMutation({
    mutationFn: (moments: { readonly starts_at: string; readonly ends_at: string }) => {
      const name = title.trim();
      if (booking === null) {
        const who = admin ? { owner_id: ownerId, player_ids: [...playerIds] } : {};
        const words = { ...(name !== '' && { title: name }), ...(needsConsent && { consent: typed.consent }) };
        return makeBooking(club.id, { terrain_id: courtId, ...moments, ...who, ...words });
      }
      const who = admin ? { player_ids: [...playerIds] } : {};
      return changeBooking(booking, { ...moments, title: name === '' ? null : name, ...who });
    },
    onSuccess: (saved) => {
      const [from, to] = [timeInWords(saved.starts_at, zone), timeInWords(saved.ends_at, zone)];
      sayDone(booking === null ? t('made', { court, day: dayInWords(saved.starts_at, zone), from, to }) : t('changed'));
      onDone(saved);
    },
    onSettled: bookingsChanged,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const fault = needsConsent && !typed.consent ? { field: 'consent' as const, words: t('needConsent') } : null;
    const first = timesFault(day, startsAt, endsAt, now) ?? fault;
    setOwn(first);
    if (first !== null || startsAt === null || endsAt === null) return;
    save.mutate({ starts_at: new Date(startsAt).toISOString(), ends_at: new Date(endsAt).toISOString() });
  };
  const faults = own ? [own] : faultsOf(save.error);
  const faultOf = (field: FormFault['field']): string | null =>
    faults.find((fault) => fault.field === field)?.words ?? null;
  const lengths = [...new Set([...LENGTHS, minutes])].sort((a, b) => a - b);
  return (
    <form onSubmit={submit} noValidate autoComplete="off">
      <Stack gap="md">
        <NativeSelect
          label={t('court')}
          data={courts.map(({ id, name }) => ({ value: String(id), label: name }))}
          value={String(courtId)}
          disabled={booking !== null}
          onChange={(event) => set({ courtId: Number(event.currentTarget.value) })}
        />
        <Group grow align="flex-start" gap="sm" preventGrowOverflow={false}>
          <TextInput
            type="date"
            label={t('date')}
            required
            miw="9.5rem"
            value={day}
            min={dayOf(now, zone)}
            error={faultOf('date')}
            onChange={(event) => set({ day: event.currentTarget.value })}
          />
          <TextInput
            type="time"
            label={t('start')}
            required
            miw="7rem"
            step={300}
            value={time}
            error={faultOf('start')}
            onChange={(event) => set({ time: event.currentTarget.value })}
          />
          <NativeSelect
            label={t('length')}
            miw="8rem"
            data={lengths.map((value) => ({ value: String(value), label: duration(value * 60) }))}
            value={String(minutes)}
            error={faultOf('length')}
            onChange={(event) => set({ minutes: Number(event.currentTarget.value) })}
          />
        </Group>
        <Text size="sm" c="dimmed" role="status">
          {endsAt !== null && `${untilOf(startsAt, endsAt)} · `}
          {t('zone', { zone })}
          {startsAt !== null && endsAt !== null && startsAt < now && endsAt > now && ` · ${t('begun')}`}
        </Text>
        {admin && (
          <PeopleFields
            club={club}
            booking={booking}
            ownerId={ownerId}
            playerIds={playerIds}
            onOwner={(id) => set({ ownerId: id })}
            onPlayers={(ids) => set({ playerIds: ids })}
          />
        )}
        <TextInput
          label={t('name')}
          description={t('nameHint')}
          maxLength={MOST_NAME}
          value={title}
          error={faultOf('name')}
          onChange={(event) => set({ title: event.currentTarget.value })}
        />
        {needsConsent && (
          <Stack gap="xs">
            <Consent note={note} />
            <Checkbox
              label={t('consent')}
              size="md"
              checked={typed.consent}
              error={faultOf('consent')}
              onChange={(event) => set({ consent: event.currentTarget.checked })}
            />
          </Stack>
        )}
        {save.isError && faults.length === 0 && (
          <Alert color="red" role="alert">
            {inWords(save.error, {
              booking_overlap: t('booking_overlap'),
              booking_limit: t('booking_limit'),
              booking_begun: t('booking_begun'),
              from_calendar: t('from_calendar'),
            })}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending} disabled={courts.length === 0}>
            {booking === null ? t('book') : app('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );

  function untilOf(from: number | null, to: number): string {
    const words = { time: timeInWords(to, zone), day: dayInWords(to, zone) };
    const sameDay = from !== null && dayOf(from, zone) === dayOf(to, zone);
    return sameDay ? t('until', words) : t('untilDay', words);
  }
}

function typedOf(booking: Booking | null, start: Start, userId: number, zone: string): Typed {
  if (booking === null) {
    return { ...start, minutes: USUAL_MINUTES, title: '', ownerId: userId, playerIds: [], consent: false };
  }
  const { terrain_id: courtId, starts_at, ends_at, title, owner, players } = booking;
  return {
    ...{ courtId, day: dayOf(starts_at, zone), time: timeOf(starts_at, zone), title: title ?? '' },
    ...{ minutes: Math.round((Date.parse(ends_at) - Date.parse(starts_at)) / 60_000), consent: true },
    ...{ ownerId: owner?.id ?? userId, playerIds: players.map(({ id }) => id) },
  };
}
