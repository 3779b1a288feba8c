import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsBoolean, IsEmail, IsIn, IsString, MaxLength, MinLength } from 'class-validator';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IfPresent } from '../../common/if-present.decorator';

/** Longer than any password that can be set; bounds the work of refusing one. */
const MAX_PASSWORD_INPUT = 1024;

/** An e-mail address, trimmed, in lower case. */
export function IsAddress(): PropertyDecorator {
  const lower = Transform(({ value }: { value: unknown }) => {
    return typeof value === 'string' ? value.trim().toLowerCase() : value;
  });
  return applyDecorators(
    ApiProperty({ example: 'player@club.example', maxLength: 254 }),
    lower,
    IsEmail(),
    MaxLength(254),
  ) as PropertyDecorator;
}

/** What stands in a link behind its last `/`. */
export function IsLinkToken(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ example: 'p0k4n3Yb1c0m2v7w9xA_qLr5sT8uEdGfHjKzMnBvCx-', description: "The link's last part." }),
    IsString(),
    MinLength(1),
    MaxLength(256),
  ) as PropertyDecorator;
}

/** The language a mail is written in. */
export function IsLanguage(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ enum: ['fr', 'en'], default: 'fr', description: 'Of the mail.' }),
    IfPresent(),
    IsIn(['fr', 'en']),
  ) as PropertyDecorator;
}

/** A password; what is wrong with a new one says `passwordFaults`. */
export function IsPassword(description: string): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ writeOnly: true, example: 'correct horse battery', minLength: 8, maxLength: 128, description }),
    IsString(),
    MinLength(1),
    MaxLength(MAX_PASSWORD_INPUT),
  ) as PropertyDecorator;
}

/** Whether the refresh token comes as a cookie. */
export function IsCookieWish(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ description: 'true: the refresh token comes as an HttpOnly cookie (browsers).' }),
    IfPresent(),
    IsBoolean(),
  ) as PropertyDecorator;
}
