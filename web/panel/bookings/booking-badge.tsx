import {
  IconCalendarTime,
  IconCircleCheck,
  IconCircleFilled,
  IconCircleX,
  IconLoader2,
  IconLock,
  IconPlayerTrackNext,
  IconAlertTriangle,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './bookings.module.css';
import type { BookingLook } from './states';

const SIGNS = {
  now: IconLoader2,
  next: IconPlayerTrackNext,
  planned: IconCalendarTime,
  starting: IconLoader2,
  recording: IconCircleFilled,
  done: IconCircleCheck,
  missed: IconAlertTriangle,
  failed: IconAlertTriangle,
  cancelled: IconCircleX,
  booked: IconLock,
} as const;

/** What becomes of a booking, as a word, a sign and a colour. `booked`: somebody else's, of which no more is told. */
export function BookingBadge({ look }: { readonly look: BookingLook | 'booked' }) {
  const { t } = useTranslation('bookings');
  const Sign = SIGNS[look];
  return (
    <span className={classes.badge} data-look={look}>
      <Sign size={14} stroke={2.2} aria-hidden />
      {t(look)}
    </span>
  );
}
