import { IconCalendarTime } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../api/client';
import { day, time } from '../i18n/format';
import { useNow } from '../ui/use-now';
import classes from './courts.module.css';
import { nextOf } from './next-of';

/** What is ahead of all courts comes by its time, so that the next of each is among the first. */
const LIMIT = 100;
const EVERY_MS = 60_000;

/** What is planned in a club, the soonest first. */
function useAhead(clubId: number | null) {
  return useQuery({
    queryKey: ['bookings-ahead', clubId],
    queryFn: async () => {
      const params = { path: { clubId: clubId as number }, query: { limit: LIMIT } };
      return (await answer(api.GET('/api/clubs/{clubId}/bookings', { params }))).bookings;
    },
    enabled: clubId !== null,
    staleTime: EVERY_MS / 2,
    refetchInterval: EVERY_MS,
  });
}

/** When a court will be recorded by itself; nothing where nothing is planned. */
export function NextBooking(props: {
  readonly clubId: number | null;
  readonly courtId: number;
  readonly timeZone: string | undefined;
}) {
  const { clubId, courtId, timeZone } = props;
  const { t } = useTranslation('courts');
  const now = useNow(EVERY_MS / 2);
  const next = nextOf(useAhead(clubId).data ?? [], courtId, now);
  if (next === null) return null;
  const [from, to] = [time(next.starts_at, timeZone), time(next.ends_at, timeZone)];
  const date = day(next.starts_at, timeZone);
  const words = date === day(now, timeZone) ? t('next', { from, to }) : t('nextOn', { day: date, from, to });
  return (
    <p className={classes.next} title={words}>
      <IconCalendarTime size={15} aria-hidden />
      <span>{words}</span>
    </p>
  );
}
