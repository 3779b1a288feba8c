import { Button, Modal, Skeleton, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconBallTennis, IconCalendarPlus, IconCalendarTime } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Club, useClub, useClubs } from '../access/club';
import { isAdmin, useUser } from '../access/use-access';
import { ButtonLink } from '../ui/links';
import { PageTitle } from '../ui/page-title';
import { Empty, Failed, Loading } from '../ui/states';
import { useNow } from '../ui/use-now';
import { dayOf } from '../videos/club-days';
import { useCourtNames } from '../videos/videos-data';
import type { Agenda } from './agenda-parts';
import { BookingDialog } from './booking-dialog';
import { BookingForm, type Start } from './booking-form';
import { type Booking, useDay } from './bookings-data';
import { nextHalfHour, spanOf } from './club-time';
import { DayBar } from './day-bar';
import { DayGrid } from './day-grid';
import { DayList } from './day-list';
import { looksOf } from './states';
import './bring-texts';

/** What is planned in the club, day by day. */
export function BookingsPage() {
  const { t: app } = useTranslation();
  const clubs = useClubs();
  const club = useClub();
  if (club !== null) return <Day key={club.id} club={club} />;
  if (clubs.isError) return <Failed error={clubs.error} onRetry={() => void clubs.refetch()} />;
  if (clubs.isPending) return <Loading />;
  return <Empty icon={<IconBallTennis size={32} />} title={app('noClub')} text={app('noClubHint')} />;
}

/** What a dialog is open about. */
type Doing = { readonly what: 'see' | 'change'; readonly booking: Booking } | { readonly what: 'book'; start: Start };

function Day({ club }: { readonly club: Club }) {
  const { t } = useTranslation('bookings');
  const { t: app } = useTranslation();
  const { time_zone: zone } = club;
  const user = useUser();
  const now = useNow(15_000);
  const today = dayOf(now, zone);
  const { day = today } = useSearch({ from: '/inside/bookings' });
  const navigate = useNavigate({ from: '/bookings' });
  const [doing, setDoing] = useState<Doing | null>(null);
  const [opened, setOpened] = useState(false);
  const query = useDay(club.id, day);
  const names = useCourtNames(club.id);
  const wide = useMediaQuery('(min-width: 62em)', undefined, { getInitialValueInEffect: false });
  const go = (to: string): void => void navigate({ search: to === today ? {} : { day: to }, replace: true });
  const open = (next: Doing): void => {
    setDoing(next);
    setOpened(true);
  };
  const close = (): void => setOpened(false);
  const courts = names.data ?? [];
  const mayBook = (isAdmin(user) || club.players_book) && courts.length > 0;
  const bookOn = (courtId: number): void => {
    const half = nextHalfHour(now, zone);
    open({ what: 'book', start: { courtId, ...(day === half.day ? half : { day, time: '18:00' }) } });
  };
  const bookings = query.data ?? [];
  const agenda: Agenda = {
    bookings: bookings.filter(({ status }) => status !== 'cancelled'),
    courts: withGone(courts, bookings, t('courtGone')),
    ...{ timeZone: zone, now, looks: looksOf(bookings, now) },
    onOpen: (booking) => open({ what: 'see', booking }),
  };
  const cancelled = bookings.filter(({ status }) => status === 'cancelled');
  const book = mayBook && day >= today && (
    <Button
      leftSection={<IconCalendarPlus size={18} aria-hidden />}
      onClick={() => bookOn((courts[0] as { id: number }).id)}
    >
      {t('book')}
    </Button>
  );
  const loaded = query.isSuccess && names.isSuccess;
  const failed = query.isError && !query.data ? query : names.isError && !names.data ? names : null;
  return (
    <>
      <PageTitle text={t('title')}>{bookings.length > 0 && book}</PageTitle>
      <DayBar day={day} today={today} timeZone={zone} onDay={go} />
      <VisuallyHidden role="status">{loaded && t('shown', { count: bookings.length })}</VisuallyHidden>
      {failed && <Failed error={failed.error} onRetry={() => void failed.refetch()} />}
      {!loaded && !failed && <Skeletons />}
      {loaded && courts.length === 0 && bookings.length === 0 && (
        <Empty icon={<IconBallTennis size={32} />} title={t('noCourts')} text={t('noCourtsHint')}>
          {isAdmin(user) && <ButtonLink to="/admin/courts">{t('toCourts')}</ButtonLink>}
        </Empty>
      )}
      {loaded && courts.length > 0 && bookings.length === 0 && (
        <Empty
          icon={<IconCalendarTime size={32} />}
          title={t('none')}
          text={isAdmin(user) || club.players_book ? t('noneHint') : `${t('noneHint')} ${t('nonePlayer')}`}
        >
          {book}
        </Empty>
      )}
      {loaded && agenda.bookings.length > 0 && (
        <>
          {wide ? (
            <DayGrid agenda={agenda} day={spanOf(day, zone)} onBook={mayBook && day >= today ? bookOn : null} />
          ) : (
            <DayList agenda={agenda} />
          )}
        </>
      )}
      {loaded && cancelled.length > 0 && (
        <Stack gap="xs" mt="lg">
          <Title order={2} size="h5">
            {t('cancelledOnes')}
          </Title>
          <DayList agenda={{ ...agenda, bookings: cancelled }} />
        </Stack>
      )}
      {doing !== null && 'booking' in doing && (
        <BookingDialog
          club={club}
          booking={bookings.find(({ id }) => id === doing.booking.id) ?? doing.booking}
          look={agenda.looks.get(doing.booking.id) ?? doing.booking.status}
          court={agenda.courts.find(({ id }) => id === doing.booking.terrain_id)?.name ?? t('courtGone')}
          opened={opened && doing.what === 'see'}
          onClose={close}
          onChange={() => open({ what: 'change', booking: doing.booking })}
        />
      )}
      {doing !== null && (
        <Modal
          opened={opened && doing.what !== 'see'}
          onClose={close}
          size="lg"
          title={doing.what === 'book' ? t('book') : t('changeTitle')}
          closeButtonProps={{ 'aria-label': app('close') }}
        >
          <BookingForm
            club={club}
            courts={agenda.courts}
            booking={doing.what === 'book' ? null : doing.booking}
            start={doing.what === 'book' ? doing.start : { courtId: 0, day, time: '' }}
            onDone={({ starts_at }) => {
              close();
              if (dayOf(starts_at, zone) !== day) go(dayOf(starts_at, zone));
            }}
          />
        </Modal>
      )}
      {!club.players_book && !isAdmin(user) && bookings.length > 0 && (
        <Text c="dimmed" mt="md">
          {t('nonePlayer')}
        </Text>
      )}
    </>
  );
}

/** The club's courts, and those of the day's bookings that are no more. */
function withGone(
  courts: readonly { readonly id: number; readonly name: string }[],
  bookings: readonly Booking[],
  name: string,
): Agenda['courts'] {
  const known = new Set(courts.map(({ id }) => id));
  const gone = new Set(bookings.map(({ terrain_id }) => terrain_id).filter((id) => !known.has(id)));
  return [...courts.map((court) => ({ id: court.id, name: court.name })), ...[...gone].map((id) => ({ id, name }))];
}

function Skeletons() {
  return (
    <Stack gap="xs">
      {Array.from({ length: 5 }, (_, i) => (
        <Skeleton key={i} h={64} radius="md" />
      ))}
    </Stack>
  );
}
