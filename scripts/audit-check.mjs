/**
 * Asks the registry whether a package that is shipped has a known vulnerability, and tells "none" from "nobody answered": npm
 * itself ends with 1 for both a vulnerability and a registry that has no such service.
 *
 *     npm run audit:check                        0: none known; 1: some are, named; 2: the registry did not say
 *     npm run audit:check -- --registry=URL      asks another registry (any option of npm)
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const NONE = 0;
const FOUND = 1;
const UNKNOWN = 2;
const MINUTE_MS = 60_000;

const { stdout, error } = spawnSync(
  'npm',
  ['audit', '--omit=dev', '--json', '--fetch-retries=0', ...process.argv.slice(2)],
  { cwd: ROOT, encoding: 'utf8', timeout: MINUTE_MS, maxBuffer: 64 * 1024 * 1024 },
);
process.exitCode = tell(parse(stdout), error);

/** @returns the exit code */
function tell(report, error) {
  const vulnerabilities = report?.vulnerabilities;
  if (error !== undefined || vulnerabilities === undefined) {
    const reason = report?.message ?? report?.error?.summary ?? error?.message ?? 'its answer is none that is known';
    console.error(`Not known: the registry did not say (${String(reason).split('\n')[0]}).`);
    console.error(
      'This is no "none". Ask again where the registry has advisories, with --registry=URL, or look the packages',
    );
    console.error(
      'of package-lock.json up in an advisory database (https://osv.dev reads that file) before a release.',
    );
    return UNKNOWN;
  }
  const found = Object.values(vulnerabilities);
  for (const { name, severity, range } of found) console.error(`${severity}: ${name} ${range}`);
  if (found.length > 0) console.error('`npm audit --omit=dev` says what each one is about and what mends it.');
  else console.log('No package that is shipped has a known vulnerability.');
  return found.length > 0 ? FOUND : NONE;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
