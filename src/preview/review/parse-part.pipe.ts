import { Injectable, PipeTransform } from '@nestjs/common';
import { ProblemException } from '../../common/problem';

/** The number of a recording's part in a path; 400 where it is no number. Whether there is such a part is not asked here. */
@Injectable()
export class ParsePartPipe implements PipeTransform<unknown, number> {
  transform(value: unknown): number {
    if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value);
    const message = 'The part must be a whole number.';
    throw new ProblemException('validation_failed', message, { errors: [{ field: 'part', message }] });
  }
}
