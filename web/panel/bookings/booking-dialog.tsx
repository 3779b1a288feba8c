import { Alert, Button, Group, Modal } from '@mantine/core';
import { IconCalendarX, IconEye, IconMovie, IconPencil } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { isAdmin, useUser } from '../access/use-access';
import { day } from '../i18n/format';
import { inWords } from '../i18n/problems';
import { useConfirm } from '../ui/confirm';
import { ButtonLink } from '../ui/links';
import { sayDone } from '../ui/say';
import { timesOf } from './agenda-parts';
import { BookingBadge } from './booking-badge';
import { type Booking, bookingsChanged, cancelBooking } from './bookings-data';
import classes from './bookings.module.css';
import { type BookingLook, mayCancel, mayChange } from './states';
import { remarkOf } from './words';

/** All there is to know of a booking, and what one may do to it. */
export function BookingDialog(props: {
  readonly club: Club;
  readonly booking: Booking;
  readonly look: BookingLook;
  readonly court: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onChange: () => void;
}) {
  const { club, booking, look, court, opened, onClose, onChange } = props;
  const { t } = useTranslation('bookings');
  const { t: app } = useTranslation();
  const user = useUser();
  const confirm = useConfirm();
  const reader = { id: user.id, admin: isAdmin(user), playersBook: club.players_book };
  const [from, to] = timesOf(booking, club.time_zone);
  const date = day(booking.starts_at, club.time_zone);
  const cancel = useMutation({
    mutationFn: () => cancelBooking(booking),
    onSuccess: () => {
      sayDone(t('cancelSaid'));
      onClose();
    },
    onSettled: bookingsChanged,
  });
  const ask = (): void =>
    confirm({
      title: t('cancelTitle'),
      text: t('cancelText', { court, day: date, from, to }),
      button: t('cancel'),
      onConfirm: () => cancel.mutate(),
    });
  const { session_id: session, status, title, owner, players, consent_by: consentBy } = booking;
  const remark = remarkOf(booking);
  return (
    <Modal opened={opened} onClose={onClose} title={title ?? court} closeButtonProps={{ 'aria-label': app('close') }}>
      <p>
        <BookingBadge look={look} />
      </p>
      <dl className={classes.facts}>
        {remark !== null && <Fact name={t('reason')} value={remark} />}
        <Fact name={t('when')} value={`${date}, ${from} – ${to}`} />
        <Fact name={t('court')} value={court} />
        {owner && <Fact name={t('owner')} value={owner.name} />}
        {players.length > 0 && <Fact name={t('players')} value={players.map(({ name }) => name).join(', ')} />}
        {booking.source === 'ical' && <Fact name={t('source')} value={t('ical')} />}
        {consentBy && <Fact name={t('consentBy')} value={consentBy.name} />}
      </dl>
      {cancel.isError && (
        <Alert color="red" role="alert" mb="md">
          {inWords(cancel.error, { booking_begun: t('booking_begun'), from_calendar: t('from_calendar') })}
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        {mayCancel(booking, reader) && (
          <Button
            variant="light"
            color="red"
            leftSection={<IconCalendarX size={18} aria-hidden />}
            loading={cancel.isPending}
            onClick={ask}
          >
            {t('cancel')}
          </Button>
        )}
        {mayChange(booking, reader) && (
          <Button leftSection={<IconPencil size={18} aria-hidden />} disabled={cancel.isPending} onClick={onChange}>
            {t('change')}
          </Button>
        )}
        {session !== null && (status === 'starting' || status === 'recording') && (
          <ButtonLink
            to="/courts/$courtId"
            params={{ courtId: String(booking.terrain_id) }}
            leftSection={<IconEye size={18} aria-hidden />}
          >
            {t('toCourt')}
          </ButtonLink>
        )}
        {session !== null && status === 'done' && (
          <ButtonLink
            to="/videos/$videoId"
            params={{ videoId: session }}
            leftSection={<IconMovie size={18} aria-hidden />}
          >
            {t('toVideo')}
          </ButtonLink>
        )}
      </Group>
    </Modal>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
