import { applyDecorators } from '@nestjs/common';
import { IsISO8601, Matches } from 'class-validator';

/** A moment in ISO 8601 (RFC 3339): a day, which is that day at 00:00 UTC, or a time that says its offset. */
const MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2}))?$/;
const MOMENT_MESSAGE = 'must be an ISO 8601 time with its offset, such as 2026-05-01T18:00:00Z, or a date';

/** A query parameter that is a moment; hand it to the database by {@link momentOf}. */
export function IsMoment(): PropertyDecorator {
  return applyDecorators(
    IsISO8601({ strict: true }),
    Matches(MOMENT, { message: MOMENT_MESSAGE }),
  ) as PropertyDecorator;
}

/** As PostgreSQL reads it: microseconds and all; of a mere date the time zone is UTC, whatever the server's is. */
export function momentOf(text: string | undefined): string | undefined {
  return text === undefined || text.includes('T') ? text : `${text}T00:00:00Z`;
}
