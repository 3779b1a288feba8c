import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp } from '../../src/app.setup';
import { AppConfig } from '../../src/config/app-config';
import { loadConfig } from '../../src/config/load-config';
import { prepareConfig } from '../../src/config/prepare-config';
import { plantKeys } from './planted';
import { LogWatch } from './secret-watch';
import { createTestDatabase, TestDatabase } from './test-database';

/** Nobody wants to read the log of a thousand tests, but for secrets; whoever asks for a level gets it on stdout. */
const LOG = process.env.LOG_LEVEL === undefined ? new LogWatch('a service under test') : undefined;

export interface TestAppOptions {
  /** Environment variables on top of the test's own, as in `{ MAX_SESSIONS: '2' }`. */
  readonly env?: Readonly<Record<string, string>>;
  /** An existing database, to start a second service on it; it is not dropped on close. */
  readonly databaseUrl?: string;
  /** An existing directory for data, videos and logs, to start again on it; it is not deleted on close. */
  readonly root?: string;
}

export interface TestApp {
  readonly app: NestExpressApplication;
  readonly config: AppConfig;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Directory with `data`, `videos` and `logs`. */
  readonly root: string;
  readonly databaseUrl: string;
  /** Ends the service in order, then drops the database and the files. Twice is once. */
  close(): Promise<void>;
  /** Ends the service only; database and files stay for a second start, and the caller's to remove. */
  shutDown(): Promise<void>;
}

/** The real application on a port of its own, with a database, secrets and directories of its own. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const database: TestDatabase | null = options.databaseUrl === undefined ? await createTestDatabase() : null;
  const databaseUrl = options.databaseUrl ?? database?.url ?? '';
  const root = options.root ?? mkdtempSync(join(tmpdir(), 'padelvar-app-'));
  const clean = async (): Promise<void> => {
    await database?.drop();
    if (options.root === undefined) rmSync(root, { recursive: true, force: true });
  };
  let app: NestExpressApplication;
  let config: AppConfig;
  try {
    plantKeys(join(root, 'data'));
    config = testConfig(root, databaseUrl, options.env);
    app = await createApp(config, LOG);
    await app.listen(config.port, config.host);
  } catch (error) {
    await clean();
    throw error;
  }
  const { port } = app.getHttpServer().address() as AddressInfo;
  let ended: Promise<void> | null = null;
  const shutDown = (): Promise<void> => (ended ??= app.close());
  let closed: Promise<void> | null = null;
  return {
    app,
    config,
    url: `http://127.0.0.1:${port}`,
    root,
    databaseUrl,
    shutDown,
    close: () => (closed ??= shutDown().finally(clean)),
  };
}

/** The configuration of a test: everything below `root`, cameras on this machine allowed and not watched, nor what moves. */
export function testConfig(root: string, databaseUrl: string, env: Readonly<Record<string, string>> = {}): AppConfig {
  const settings = loadConfig(
    {
      NODE_ENV: 'test',
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'trace',
      PORT: '0',
      DATABASE_URL: databaseUrl,
      DATA_DIR: join(root, 'data'),
      VIDEOS_DIR: join(root, 'videos'),
      LOGS_DIR: join(root, 'logs'),
      CAMERA_ALLOW_LOOPBACK: 'true',
      STORAGE_ALLOW_HTTP: 'true',
      DISK_RESERVE_MB: '0',
      CAMERA_WATCH_SECONDS: '0',
      ACTIVITY_SCORES: 'false',
      ...env,
    },
    root,
  );
  return prepareConfig(settings, process.env.PATH ?? '');
}
