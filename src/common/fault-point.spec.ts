import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { faultPoint } from './fault-point';

const ROOT = join(__dirname, '..', '..');
const RUN = `
  const { armFaultPoint, faultPoint } = require('./src/common/fault-point.ts');
  const where = JSON.parse(process.argv[1]);
  if (where) armFaultPoint(where);
  process.on('exit', () => process.stdout.write('orderly'));
  for (const name of ['one', 'two', 'two', 'three']) faultPoint(name);
`;

describe('faultPoint', () => {
  it.each([
    ['the first call', { call: 1 }, 'fault point 1: one\n'],
    ['a later call', { call: 3 }, 'fault point 3: two\n'],
    ['a name, at its first call', { name: 'two' }, 'fault point 2: two\n'],
  ])('ends the process without a word of its own at %s', (_, where, said) => {
    expect(run(where)).toEqual({ signal: 'SIGKILL', status: null, stdout: '', stderr: said });
  });

  it.each([
    ['not armed', null],
    ['armed beyond the last call', { call: 5 }],
    ['armed at a name that never comes', { name: 'four' }],
  ])('does nothing where it is %s', (_, where) => {
    expect(run(where)).toEqual({ signal: null, status: 0, stdout: 'orderly', stderr: '' });
  });

  it('is not armed here', () => {
    expect(() => faultPoint('any')).not.toThrow();
  });
});

function run(where: object | null) {
  const args = ['-r', './test/support/register.js', '-e', RUN, JSON.stringify(where)];
  const { signal, status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  return { signal, status, stdout, stderr };
}
