import { ArgumentMetadata, Injectable, ValidationError, ValidationPipe, ValidationPipeOptions } from '@nestjs/common';
import { FieldError, ProblemException } from './problem';

const OPTIONS: ValidationPipeOptions = {
  whitelist: true,
  forbidUnknownValues: true,
  transform: true,
  transformOptions: { exposeUnsetFields: false },
  validationError: { target: false, value: false },
  exceptionFactory: (faults) => {
    return new ProblemException('validation_failed', undefined, { errors: flattenFaults(faults) });
  },
};

/**
 * Checks bodies, queries and parameters that are declared as classes. Unknown fields of a body are a fault; unknown query
 * parameters are dropped (browsers and frontends add some of their own, such as `?t=` against caches).
 */
@Injectable()
export class ApiValidationPipe extends ValidationPipe {
  private readonly lenient = new ValidationPipe(OPTIONS);

  constructor() {
    super({ ...OPTIONS, forbidNonWhitelisted: true });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // A lone parameter of the path is text until its own pipe has looked at it: Nest would make 1000 of `1e3`.
    if (metadata.type === 'param' && metadata.data !== undefined) return value;
    if (metadata.type === 'query') return this.lenient.transform(value, metadata);
    return super.transform(value, metadata);
  }
}

/** `{field, message}` of every fault; nested fields with dots, as in `camera.url`. */
export function flattenFaults(faults: readonly ValidationError[], prefix = ''): FieldError[] {
  return faults.flatMap((fault) => {
    const field = prefix === '' ? fault.property : `${prefix}.${fault.property}`;
    const own = Object.entries(fault.constraints ?? {}).map(([rule, message]) => ({
      field,
      message: rule === 'whitelistValidation' ? 'is not a known field' : message,
    }));
    return [...own, ...flattenFaults(fault.children ?? [], field)];
  });
}
