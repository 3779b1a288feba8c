import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { ProblemCode, PROBLEMS } from './problem';

/** Documents which problems a route answers with, by status, each with an example; 401 goes without saying. */
export function ApiProblems(...codes: readonly ProblemCode[]): MethodDecorator & ClassDecorator {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const [status] = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return applyDecorators(
    ...[...byStatus].map(([status, same]) =>
      ApiResponse({
        status,
        description: same.map((code) => `\`${code}\`: ${PROBLEMS[code][1]}`).join('\n\n'),
        content: {
          'application/problem+json': {
            schema: { $ref: '#/components/schemas/Problem' },
            examples: Object.fromEntries(same.map((code) => [code, { value: example(code) }])),
          },
        },
      }),
    ),
  );
}

function example(code: ProblemCode): object {
  const [status, title] = PROBLEMS[code];
  return { type: 'about:blank', title, status, detail: title, code, error: title };
}
