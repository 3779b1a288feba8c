import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { TestApp } from './test-app';

const ROOT = join(__dirname, '..', '..');

/** How `npm run import` ended, and what it said. */
export interface ImportRun {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Lines about files, without the summary; in order. */
  readonly lines: readonly string[];
}

/**
 * `npm run import`, once the programs are built, beside a service that runs.
 * @param faultPoint it ends itself there, see `src/common/fault-point.ts`
 */
export function runImport(
  service: TestApp,
  words: readonly string[],
  { env = {}, faultPoint }: { env?: Readonly<Record<string, string>>; faultPoint?: number } = {},
): Promise<ImportRun> {
  const command = ['-r', './test/support/register.js', 'scripts/import.ts', ...words];
  const options = {
    cwd: ROOT,
    maxBuffer: 64 * 1024 * 1024,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      DATABASE_URL: service.databaseUrl,
      DATA_DIR: service.config.dataDir,
      VIDEOS_DIR: service.config.videosDir,
      LOGS_DIR: service.config.logsDir,
      DISK_RESERVE_MB: '0',
      ...(faultPoint === undefined ? {} : { PADELVAR_FAULT_POINT: `${faultPoint}` }),
      ...env,
    },
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, command, options, (_error, stdout, stderr) => {
      const lines = stdout.split('\n').filter((line) => /^(adopted|would|there|refused) {2}/.test(line));
      resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr, lines });
    });
  });
}
