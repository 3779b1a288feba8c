import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { buildApiDocument } from '../src/api-document';
import { AppModule } from '../src/app.module';
import { loadConfig } from '../src/config/load-config';
import { prepareConfig } from '../src/config/prepare-config';

/** Writes the OpenAPI document to stdout, without starting anything: no provider is made, no database is asked. */
async function main(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'padelvar-openapi-'));
  try {
    const settings = loadConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', DATABASE_URL: 'postgres://none' }, root);
    const config = prepareConfig(settings, process.env.PATH ?? '');
    const module = AppModule.forRoot(config);
    const app = await NestFactory.create<NestExpressApplication>(module, { preview: true, logger: ['error'] });
    process.stdout.write(`${JSON.stringify(buildApiDocument(app), null, 2)}\n`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

void main();
