import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { problemBody } from './problem.filter';
import { PROBLEMS, ProblemCode, ProblemException } from './problem';

/** Name of the problem's schema in the OpenAPI document. */
export const PROBLEM_SCHEMA = 'Problem';

/** RFC 9457's fields and ours, as an OpenAPI schema. */
export const problemSchema = {
  type: 'object',
  description: 'RFC 9457 problem. `code` is stable; `error` repeats `detail` for older clients.',
  required: ['type', 'title', 'status', 'detail', 'code', 'error'],
  properties: {
    type: { type: 'string', format: 'uri-reference', example: '/api/docs/errors#not_found' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(PROBLEMS) },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: { field: { type: 'string' }, message: { type: 'string' } },
      },
    },
    session_id: { type: 'string', format: 'uuid' },
    error: { type: 'string' },
  },
};

/** An OpenAPI response that is one of these problems, with an example of each. The codes must share one status. */
export function problemResponse(codes: readonly ProblemCode[]) {
  const examples = Object.fromEntries(codes.map((code) => [code, { value: problemBody(new ProblemException(code)) }]));
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code][1]}`).join('; '),
    content: { 'application/problem+json': { schema: { $ref: `#/components/schemas/${PROBLEM_SCHEMA}` }, examples } },
  };
}

/** Documents the problems a route answers with besides those every route has (400, 401, 500, 503). */
export function ApiProblems(...codes: ProblemCode[]): MethodDecorator & ClassDecorator {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) byStatus.set(PROBLEMS[code][0], [...(byStatus.get(PROBLEMS[code][0]) ?? []), code]);
  return applyDecorators(...[...byStatus].map(([status, own]) => ApiResponse({ status, ...problemResponse(own) })));
}
