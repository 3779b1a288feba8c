import './thread-pool';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { pino } from 'pino';
import { createApp } from './app.setup';
import { scrub } from './common/scrub';
import { loggerOptions } from './common/logging.module';
import { Shutdown } from './common/shutdown';
import { AppConfig, ConfigError } from './config/app-config';
import { readConfig } from './config/prepare-config';
import { EmbeddedPostgres, startEmbeddedPostgres } from './database/embedded/embedded-postgres';
import { listen } from './listen';

/** How long an orderly end may take before the process leaves anyway, in milliseconds. */
const SHUTDOWN_MS = 45_000;

/** The log before and after Nest's life, and of the database's supervisor. */
const log = pino(loggerOptions('info'));

async function main(): Promise<void> {
  const signals = new EndSignals();
  let config = readConfig();
  log.level = config.logLevel;
  let postgres: EmbeddedPostgres | null = null;
  let app: NestExpressApplication | null = null;
  try {
    if (config.databaseUrl === null) {
      postgres = await startDatabase(config);
      config = Object.freeze({ ...config, databaseUrl: postgres.url });
    }
    if (signals.received === null) {
      app = await createApp(config);
      const url = await listen(app, config);
      log.info(`PadelVar listens on ${url} (API document: ${url}/api/docs)`);
      await signals.wait();
    }
    log.info(`${signals.received}: ending`);
  } finally {
    // A step that hangs (a disk that does not answer) must not keep the machine from going down.
    setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
    // No new work while the rooms come to rest; the port closes, and what is open ends, when they have.
    app?.get(Shutdown).begin();
    await app?.close();
    await postgres?.stop();
  }
}

function startDatabase(config: AppConfig): Promise<EmbeddedPostgres> {
  const { dataDir, logsDir } = config;
  return startEmbeddedPostgres({ dataDir, logsDir, log: (level, message) => log[level](message) });
}

/** SIGTERM and SIGINT from the first moment on; a second one while ending changes nothing. */
class EndSignals {
  received: NodeJS.Signals | null = null;
  private readonly first: Promise<void>;

  constructor() {
    this.first = new Promise((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) {
        process.on(signal, () => {
          this.received ??= signal;
          resolve();
        });
      }
    });
  }

  wait(): Promise<void> {
    return this.first;
  }
}

process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const message = error instanceof ConfigError ? error.message : `Could not start: ${describe(error)}`;
    process.stderr.write(`${scrub(message)}\n`, () => process.exit(1));
  },
);

function describe(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
