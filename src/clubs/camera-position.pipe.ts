import { Injectable, PipeTransform } from '@nestjs/common';
import { ProblemException } from '../common/problem';
import { MOST_CAMERAS } from './entities/camera.entity';

/** The position of a court's camera in a path: 0 (the main one) to 3, else 400. */
@Injectable()
export class ParsePositionPipe implements PipeTransform<unknown, number> {
  transform(value: unknown): number {
    const position = typeof value === 'string' && /^\d$/.test(value) ? Number(value) : MOST_CAMERAS;
    if (position < MOST_CAMERAS) return position;
    const message = `The position must be a whole number from 0 to ${MOST_CAMERAS - 1}.`;
    throw new ProblemException('validation_failed', message, { errors: [{ field: 'position', message }] });
  }
}
