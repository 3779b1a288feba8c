import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AdminAccountsService } from '../src/auth/admin-accounts.service';
import { AuthModule } from '../src/auth/auth.module';
import { CommonModule } from '../src/common/common.module';
import { ProblemException } from '../src/common/problem';
import { AppConfig, ConfigError } from '../src/config/app-config';
import { ConfigModule } from '../src/config/config.module';
import { readConfig } from '../src/config/prepare-config';
import { DatabaseModule } from '../src/database/database.module';
import { startEmbeddedPostgres } from '../src/database/embedded/embedded-postgres';

/** Only what an account needs: the rooms would take over the recordings of the service that may be running. */
@Module({})
class AdminModule {
  static forRoot(config: AppConfig): DynamicModule {
    return { module: AdminModule, imports: [ConfigModule.forRoot(config), CommonModule, DatabaseModule, AuthModule] };
  }
}

/** Asks on the terminal, or reads lines from a pipe. What is typed for a secret is not shown. */
class Prompt {
  private muted = false;
  private readonly lines = createInterface({
    input: process.stdin,
    output: new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (!this.muted) process.stderr.write(chunk);
        done();
      },
    }),
    terminal: process.stdin.isTTY,
  });
  private readonly iterator = this.lines[Symbol.asyncIterator]();

  async ask(question: string, secret = false): Promise<string> {
    process.stderr.write(question);
    this.muted = secret;
    const { value, done } = (await this.iterator.next()) as { value?: string; done?: boolean };
    this.muted = false;
    if (secret && process.stdin.isTTY) process.stderr.write('\n');
    if (done) throw new Error('no answer was given');
    return value ?? '';
  }

  close(): void {
    this.lines.close();
  }
}

async function askAccount(): Promise<{ email: string; name: string; password: string }> {
  const prompt = new Prompt();
  try {
    const email = (await prompt.ask('E-mail: ')).trim();
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new Error('this is not an e-mail address');
    const name = (await prompt.ask('Name [Administrator]: ')).trim() || 'Administrator';
    const password = await prompt.ask('Password (not shown): ', true);
    if (process.stdin.isTTY && (await prompt.ask('Once more: ', true)) !== password) {
      throw new Error('the two passwords differ');
    }
    return { email, name, password };
  } finally {
    prompt.close();
  }
}

async function main(): Promise<void> {
  const config = readConfig();
  const { email, name, password } = await askAccount();
  const { dataDir, logsDir } = config;
  const postgres = config.databaseUrl === null ? await startEmbeddedPostgres({ dataDir, logsDir }) : null;
  try {
    const databaseUrl = postgres?.url ?? config.databaseUrl;
    // The first account is this one, not the environment's.
    const own = Object.freeze({ ...config, databaseUrl, adminEmail: null, adminPassword: null });
    const context = await NestFactory.createApplicationContext(AdminModule.forRoot(own), {
      logger: ['error'],
      abortOnError: false,
    });
    try {
      const id = await context.get(AdminAccountsService).create(email, password, name);
      process.stderr.write(`SUPER_ADMIN ${id} was made: ${email}\n`);
    } finally {
      await context.close();
    }
  } finally {
    await postgres?.stop();
  }
}

function explain(error: unknown): string {
  if (error instanceof ProblemException) {
    return [error.detail, ...(error.extras.errors ?? []).map(({ field, message }) => `${field} ${message}`)].join('\n');
  }
  if (error instanceof ConfigError) return error.message;
  return error instanceof Error ? error.message : String(error);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`No account was made: ${explain(error)}\n`, () => process.exit(1));
  },
);
