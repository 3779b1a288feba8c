import i18next from 'i18next';
import { ApiProblem } from '../api/problem';
import { duration } from '../i18n/format';

/** What is wrong with a field of the form, in words. */
export interface FormFault {
  readonly field: 'date' | 'start' | 'length' | 'name' | 'consent';
  readonly words: string;
}

/** What can be said of times before anybody is asked; `null`: nothing. Moments in epoch milliseconds. */
export function timesFault(day: string, startsAt: number | null, endsAt: number | null, now: number): FormFault | null {
  if (day === '') return { field: 'date', words: i18next.t('bookings:needDate') };
  if (startsAt === null || endsAt === null) return { field: 'start', words: i18next.t('bookings:needStart') };
  if (endsAt <= now) return { field: 'start', words: i18next.t('bookings:endsBefore') };
  return null;
}

/** What the service said of fields, beside each of them; of what has no field here, its own words are shown. */
export function faultsOf(error: unknown): FormFault[] {
  if (!(error instanceof ApiProblem) || error.code !== 'validation_failed') return [];
  return error.errors.flatMap(({ field, message }): FormFault[] => {
    if (field === 'starts_at') return [{ field: 'date', words: i18next.t('bookings:tooFar') }];
    if (field === 'consent') return [{ field: 'consent', words: i18next.t('bookings:needConsent') }];
    if (field === 'title') return [{ field: 'name', words: message }];
    if (field !== 'ends_at') return [];
    const minutes = /(\d+) minutes/.exec(message)?.[1];
    const time = minutes === undefined ? null : duration(Number(minutes) * 60);
    if (time !== null) return [{ field: 'length', words: i18next.t('bookings:tooLong', { time }) }];
    return [{ field: 'start', words: i18next.t('bookings:endsBefore') }];
  });
}
