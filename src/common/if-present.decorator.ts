import { ValidateIf } from 'class-validator';

/**
 * A field that may be left out; where it is there, it must be right. (`@IsOptional()` also lets `null` pass, which then
 * stands where a number or a text is expected.)
 */
export function IfPresent(): PropertyDecorator {
  return ValidateIf((_, value: unknown) => value !== undefined);
}
