import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsString,
  Length,
  Matches,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { isNetwork } from '../../proxy/camera-networks';

const trim = Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

/** May be left out; `null` is not the same as leaving it out, and is a fault. */
export function MayBeLeftOut(): PropertyDecorator {
  return ValidateIf((_object: unknown, value: unknown) => value !== undefined);
}

/** May be left out, or `null` to take back what was set. */
export function MayBeNull(): PropertyDecorator {
  return ValidateIf((_object: unknown, value: unknown) => value !== undefined && value !== null);
}

/** The name of a club, court or person: 1 to 120 characters on one line, trimmed. */
export function IsName(): PropertyDecorator {
  return applyDecorators(
    trim,
    IsString(),
    Length(1, 120),
    Matches(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, { message: 'must not hold control characters or line breaks' }),
  ) as PropertyDecorator;
}

/** True for a name of the IANA time zone database; offsets (`+02:00`) are none. */
export function isTimeZone(value: unknown): boolean {
  if (typeof value !== 'string' || !/^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(value)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

/** An IANA time zone, e.g. `Europe/Paris`. */
export function IsIanaTimeZone(): PropertyDecorator {
  return ValidateBy({
    name: 'isTimeZone',
    validator: {
      validate: isTimeZone,
      defaultMessage: () => 'must be a time zone of the IANA database, such as Europe/Paris',
    },
  });
}

/** Text of several lines, 1 to 2,000 characters, trimmed. */
export function IsNote(): PropertyDecorator {
  return applyDecorators(
    trim,
    IsString(),
    Length(1, 2_000),
    Matches(/^[^\p{Cs}\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$/u, { message: 'must not hold control characters' }),
  ) as PropertyDecorator;
}

/** 1 to 32 networks, as `10.20.0.0/16`. */
export function IsNetworks(): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(32),
    ValidateBy(
      {
        name: 'isNetwork',
        validator: { validate: isNetwork, defaultMessage: () => 'must each be a network such as 10.20.0.0/16' },
      },
      { each: true },
    ),
  ) as PropertyDecorator;
}
