import { statSync } from 'node:fs';
import { DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthModule } from '../src/auth/auth.module';
import { CommonModule } from '../src/common/common.module';
import { isDatabaseUnavailable } from '../src/common/database-error';
import { AppConfig, ConfigError } from '../src/config/app-config';
import { ConfigModule } from '../src/config/config.module';
import { readConfig } from '../src/config/prepare-config';
import { DatabaseModule } from '../src/database/database.module';
import { startEmbeddedPostgres } from '../src/database/embedded/embedded-postgres';
import { IMPORT_USAGE, ImportUsageError, readImportCommand } from '../src/imports/import-command';
import { ImportReport, ReportOutput } from '../src/imports/import-report';
import { ImportsModule } from '../src/imports/imports.module';
import { ImportStopped } from '../src/imports/refusal';
import { VideoImport } from '../src/imports/video-import.service';

/** Nothing was done, or it could not be gone on with. */
const STOPPED = 2;

/** Only what an import needs: the rooms would take over the recordings of the service that may be running. */
@Module({})
class ImportProgram {
  static forRoot(config: AppConfig): DynamicModule {
    const imports = [ConfigModule.forRoot(config), CommonModule, DatabaseModule, AuthModule, ImportsModule];
    return { module: ImportProgram, imports };
  }
}

/** Lines to stdout, progress to stderr; where that is a terminal, in one line that is written over. */
const output: ReportOutput = {
  inPlace: process.stderr.isTTY,
  line: (text) => {
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    process.stdout.write(`${text}\n`);
  },
  progress: (text) => {
    process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
  },
};

/** Files must belong to the user who serves them, and an embedded database to the one who runs it. */
function mustBeTheService({ videosDir }: AppConfig): void {
  const { uid } = statSync(videosDir);
  if (process.getuid?.() === uid) return;
  throw new ImportStopped(
    `VIDEOS_DIR (${videosDir}) belongs to the user ${uid}: run this as that user, as the service runs.`,
  );
}

async function main(words: readonly string[]): Promise<number> {
  if (words.includes('--help')) {
    process.stdout.write(`${IMPORT_USAGE}\n`);
    return 0;
  }
  const command = readImportCommand(words);
  const config = readConfig();
  mustBeTheService(config);
  const { dataDir, logsDir } = config;
  const postgres = config.databaseUrl === null ? await startEmbeddedPostgres({ dataDir, logsDir }) : null;
  try {
    // The first account is not made here.
    const databaseUrl = postgres?.url ?? config.databaseUrl;
    const own = Object.freeze({ ...config, databaseUrl, adminEmail: null, adminPassword: null });
    const context = await NestFactory.createApplicationContext(ImportProgram.forRoot(own), {
      logger: ['error'],
      abortOnError: false,
    });
    try {
      const report = new ImportReport(command, output, () => Date.now());
      await context.get(VideoImport).run(command, report);
      report.summary();
      return report.exitCode;
    } finally {
      await context.close();
    }
  } finally {
    await postgres?.stop();
  }
}

function explain(error: unknown): string {
  if (isDatabaseUnavailable(error)) return 'The database does not answer. What was adopted stays; run this again.';
  if (error instanceof ImportUsageError || error instanceof ImportStopped || error instanceof ConfigError) {
    return error.message;
  }
  return error instanceof Error ? error.message : String(error);
}

main(process.argv.slice(2)).then(
  (code) => process.stdout.write('', () => process.exit(code)),
  (error: unknown) => {
    process.stderr.write(`The import stopped: ${explain(error)}\n`, () => process.exit(STOPPED));
  },
);
