/**
 * All checks: unit tests, with lint, formatting and types beside them, then the end-to-end tests, stage after stage. Goes on
 * after a failure, so that one run tells everything; ends with the totals and a status that is not 0 if anything failed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const results = mkdtempSync(join(tmpdir(), 'padelvar-results-'));
const bin = (...parts) => join(ROOT, 'node_modules', ...parts);

const jest = (name, workers, ...args) => ({
  name,
  script: bin('jest', 'bin', 'jest.js'),
  args: [...args, `--maxWorkers=${workers}`],
});
const ALONE = '--selectProjects=alone';

/** Each of these would keep one core busy: two lines of them have the time that unit tests leave, and speak when they are done. */
const READING = [
  [{ name: 'lint', script: bin('eslint', 'bin', 'eslint.js'), args: ['.', '--max-warnings', '0'] }],
  [
    { name: 'format', script: bin('prettier', 'bin', 'prettier.cjs'), args: ['--check', '--log-level', 'warn', '.'] },
    { name: 'types', script: bin('typescript', 'bin', 'tsc'), args: ['--noEmit', '-p', 'tsconfig.json'] },
    { name: 'types of web', script: bin('typescript', 'bin', 'tsc'), args: ['-p', 'web/tsconfig.json'] },
  ],
];
/** Stage after stage; what stands in one goes side by side. */
const STAGES = [
  [jest('unit', 3, '--selectProjects=unit')],
  [jest('api', 3, '--selectProjects=api')],
  [jest('e2e', 3, '--selectProjects=e2e')],
  [jest('faults', 2, 'test/faults', ALONE)],
  // Both mostly wait; of cameras as many record at one time as two cores can, so their files go one after another.
  [jest('films', 1, 'test/films', ALONE), jest('live', 1, 'test/live', ALONE)],
  [jest('alone', 1, 'test/alone', ALONE)],
];
const NICE = 19;

/** Tests passed and failed of one jest run; a file that could not run at all counts as one failure. */
function readCounts(file) {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(file, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

async function readThrough({ name, script, args }) {
  const before = Date.now();
  const child = spawn(process.execPath, [script, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  setPriority(child.pid, NICE);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const [status] = await once(child, 'close');
  process.stdout.write(`\n== ${name}\n${said}`);
  const seconds = ((Date.now() - before) / 1000).toFixed(1);
  return { name, ok: status === 0, seconds, passed: 0, failed: 0 };
}

async function runTests({ name, script, args }) {
  process.stdout.write(`\n== ${name}\n`);
  const file = join(results, `${name}.json`);
  const extra = ['--json', `--outputFile=${file}`, '--silent=false'];
  const before = Date.now();
  // With --json jest puts the JSON on stdout as well; people read its report on stderr.
  const stdio = ['ignore', 'ignore', 'inherit'];
  const [status] = await once(spawn(process.execPath, [script, ...args, ...extra], { cwd: ROOT, stdio }), 'close');
  const seconds = ((Date.now() - before) / 1000).toFixed(1);
  const counts = readCounts(file);
  // A run that ends badly although no test did (a set-up that fails) is a failure too.
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  return { name, ok: status === 0, seconds, ...counts };
}

async function inOrder(steps, run) {
  const done = [];
  for (const step of steps) done.push(await run(step));
  return done;
}

const read = Promise.all(READING.map((steps) => inOrder(steps, readThrough)));
const [unit, ...others] = STAGES;
const together = (steps) => Promise.all(steps.map(runTests));
const tested = await together(unit);
const done = [...(await read).flat(), ...tested, ...(await inOrder(others, together)).flat()];
rmSync(results, { recursive: true, force: true });
process.stdout.write('\n');
for (const { name, ok, seconds } of done) process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`);
const total = (key) => done.reduce((sum, step) => sum + step[key], 0);
process.stdout.write(`\n${total('passed')} passed, ${total('failed')} failed\n`);
process.exitCode = done.every(({ ok }) => ok) ? 0 : 1;
