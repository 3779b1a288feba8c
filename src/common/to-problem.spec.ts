import { ForbiddenException, NotFoundException } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { violatedUnique } from './database-error';
import { problemBody } from './problem.filter';
import { PROBLEMS, ProblemException } from './problem';
import { toProblem } from './to-problem';

const coded = (message: string, code: string, more: object = {}): Error =>
  Object.assign(new Error(message), { code, ...more });
const query = (driver: Error): Error => new QueryFailedError('SELECT secret', [], driver);

describe('toProblem', () => {
  const cases: [string, unknown, string][] = [
    ['a problem', new ProblemException('in_use'), 'in_use'],
    ["Nest's not found", new NotFoundException('Cannot GET /inner'), 'not_found'],
    ["Nest's forbidden", new ForbiddenException(), 'forbidden'],
    ['a lost connection', query(coded('x', 'ECONNRESET')), 'database_unavailable'],
    ['a server that shuts down', query(coded('x', '57P01')), 'database_unavailable'],
    ['a server that starts', coded('the database system is starting up', '57P03'), 'database_unavailable'],
    ['a silent server', query(new Error('Query read timeout')), 'database_unavailable'],
    ['a full pool', new Error('timeout exceeded when trying to connect'), 'database_unavailable'],
    ['a number no column takes', query(coded('out of range', '22003')), 'validation_failed'],
    ["a camera's error", coded('No route', 'camera_unreachable', { name: 'CameraError' }), 'camera_unreachable'],
    ["a camera's raw socket error", coded('connect 10.0.0.9', 'ECONNREFUSED'), 'internal_error'],
    ['no descriptors left', coded('x', 'EMFILE'), 'overloaded'],
    ['a full disk', coded('x', 'ENOSPC'), 'disk_full'],
    ['a large body', Object.assign(new Error('x'), { status: 413, type: 'entity.too.large' }), 'payload_too_large'],
    ['a code of the prototype', coded('x', 'constructor', { name: 'CameraError' }), 'internal_error'],
    ['anything else', new Error('/etc/secret'), 'internal_error'],
    ['no error at all', 'text', 'internal_error'],
    ['nothing', undefined, 'internal_error'],
  ];
  it.each(cases)('%s', (_name, error, code) => {
    const problem = toProblem(error);
    expect(problem.code).toBe(code);
    if (code === 'internal_error') expect(problem.detail).toBe(PROBLEMS.internal_error[1]);
  });
});

it('writes a problem as the contract says', () => {
  const errors = [{ field: 'name', message: 'must be text' }];
  const body = problemBody(
    new ProblemException('terrain_in_session', 'Busy.', { errors, session_id: 'id', retryAfterSeconds: 3 }),
  );
  expect(body).toEqual({
    type: '/api/docs/errors#terrain_in_session',
    title: PROBLEMS.terrain_in_session[1],
    status: 409,
    detail: 'Busy.',
    code: 'terrain_in_session',
    errors,
    session_id: 'id',
    error: 'Busy.',
  });
});

it('names the violated constraint', () => {
  expect(violatedUnique(query(coded('x', '23505', { constraint: 'one_open' })))).toBe('one_open');
  expect(violatedUnique(query(coded('x', '23503', { constraint: 'fk' })))).toBeNull();
});
