import { applyDecorators, ArgumentMetadata, Injectable, PipeTransform } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsInt, IsUUID, Max, Min } from 'class-validator';
import { ProblemException } from './problem';

/** The largest id a row can have (PostgreSQL `integer`). */
export const MAX_ID = 2_147_483_647;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function badId(message: string, field = 'id'): ProblemException {
  return new ProblemException('validation_failed', message, { errors: [{ field, message }] });
}

/**
 * The integer id of a club, terrain or user in a path: decimal digits, no sign, no leading zero, at most 2^53 − 1, else
 * 400. An id beyond what a row can have is 404: it is an id, nobody has it.
 */
@Injectable()
export class ParseIdPipe implements PipeTransform<unknown, number> {
  transform(value: unknown, parameter?: ArgumentMetadata): number {
    const id = typeof value === 'string' && /^[1-9]\d{0,15}$/.test(value) ? Number(value) : NaN;
    if (!Number.isSafeInteger(id)) throw badId('The id must be a positive whole number.', parameter?.data);
    if (id > MAX_ID) throw new ProblemException('not_found');
    return id;
  }
}

/** The UUID of a session in a path, in lower case; else 400. */
@Injectable()
export class ParseSessionIdPipe implements PipeTransform<unknown, string> {
  transform(value: unknown, parameter?: ArgumentMetadata): string {
    if (typeof value !== 'string' || !UUID.test(value)) throw badId('The id must be a UUID.', parameter?.data);
    return value.toLowerCase();
  }
}

/** A field of a body that is the integer id of a club, terrain or user. */
export function IsId(options: { each?: boolean } = {}): PropertyDecorator {
  return applyDecorators(IsInt(options), Min(1, options), Max(MAX_ID, options)) as PropertyDecorator;
}

/** A field of a body that is a session's id; lower-cased. */
export function IsSessionId(): PropertyDecorator {
  const lower = Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value));
  return applyDecorators(lower, IsUUID()) as PropertyDecorator;
}

/** A query parameter that is a whole number in decimal digits: `1e3`, ` 1`, `0x1` stay text and fail `@IsInt()`. */
export function ToInteger(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => {
    return typeof value === 'string' && /^-?(0|[1-9]\d{0,15})$/.test(value) ? Number(value) : value;
  });
}
