import i18next from 'i18next';
import { duration } from '../i18n/format';
import { type ProblemCode, problemInWords, problemTexts } from '../i18n/problems';
import type { Booking } from './bookings-data';
import { bookingsTexts } from './texts';

type OwnReason = keyof (typeof bookingsTexts)['en'];

/** Why a booking is as it is, or what is in its way; `null`: there is nothing to say. */
export function reasonInWords(reason: string | null): string | null {
  if (reason === null) return null;
  if (reason in bookingsTexts.en) return i18next.t(`bookings:${reason as OwnReason}`);
  if (reason in problemTexts.en) return problemInWords(reason as ProblemCode, '');
  return i18next.t('bookings:otherReason', { code: reason });
}

/** By how much it began late, and what was in the way; else why it is as it is. `null`: all is well. */
export function remarkOf({ late_seconds: late, reason }: Booking): string | null {
  const words = reasonInWords(reason);
  // What came after it had begun is not why it began late.
  if (late === 0 || reason === 'stopped_early' || reason === 'recording_failed') return words;
  const time = duration(late);
  return words === null
    ? i18next.t('bookings:late', { time })
    : i18next.t('bookings:lateBecause', { time, reason: words });
}
