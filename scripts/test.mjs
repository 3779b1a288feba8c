/**
 * All checks in order: lint, formatting, types, unit tests, end-to-end tests. Goes on after a failure, so that one run
 * tells everything; ends with the totals and a status that is not 0 if anything failed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const results = mkdtempSync(join(tmpdir(), 'padelvar-results-'));
const bin = (...parts) => join(ROOT, 'node_modules', ...parts);

/** Nothing in these is measured in time: they share the machine. */
const TWO = '--maxWorkers=2';

const STEPS = [
  { name: 'lint', script: bin('eslint', 'bin', 'eslint.js'), args: ['.', '--max-warnings', '0'] },
  { name: 'format', script: bin('prettier', 'bin', 'prettier.cjs'), args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'types', script: bin('typescript', 'bin', 'tsc'), args: ['--noEmit', '-p', 'tsconfig.json'] },
  { name: 'types of web', script: bin('typescript', 'bin', 'tsc'), args: ['-p', 'web/tsconfig.json'] },
  { name: 'unit', script: bin('jest', 'bin', 'jest.js'), args: ['--selectProjects=unit', TWO], jest: true },
  { name: 'api', script: bin('jest', 'bin', 'jest.js'), args: ['--selectProjects=api', TWO], jest: true },
  { name: 'e2e', script: bin('jest', 'bin', 'jest.js'), args: ['--selectProjects=e2e', TWO], jest: true },
  { name: 'alone', script: bin('jest', 'bin', 'jest.js'), args: ['--selectProjects=alone'], jest: true },
];

/** Tests passed and failed of one jest run; a file that could not run at all counts as one failure. */
function readCounts(file) {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(file, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function runStep({ name, script, args, jest }) {
  process.stdout.write(`\n== ${name}\n`);
  const file = join(results, `${name}.json`);
  const extra = jest ? ['--json', `--outputFile=${file}`, '--silent=false'] : [];
  const before = Date.now();
  // With --json jest puts the JSON on stdout as well; people read its report on stderr.
  const stdio = ['ignore', jest ? 'ignore' : 'inherit', 'inherit'];
  const { status } = spawnSync(process.execPath, [script, ...args, ...extra], { cwd: ROOT, stdio });
  const seconds = ((Date.now() - before) / 1000).toFixed(1);
  const counts = jest ? readCounts(file) : { passed: 0, failed: 0 };
  // A run that ends badly although no test did (a set-up that fails) is a failure too.
  if (jest && status !== 0 && counts.failed === 0) counts.failed = 1;
  return { name, ok: status === 0, seconds, ...counts };
}

const done = STEPS.map(runStep);
rmSync(results, { recursive: true, force: true });
process.stdout.write('\n');
for (const { name, ok, seconds } of done) process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`);
const total = (key) => done.reduce((sum, step) => sum + step[key], 0);
process.stdout.write(`\n${total('passed')} passed, ${total('failed')} failed\n`);
process.exitCode = done.every(({ ok }) => ok) ? 0 : 1;
