/**
 * Writes the types of the panel's client from the service's own OpenAPI document: `npm run api:types`, after a route has
 * changed. A test compares them with the document.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTypescript, { astToString } from 'openapi-typescript';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const TARGET = join(ROOT, 'web', 'panel', 'api', 'schema.d.ts');

/** `--print`: the document comes on stdin, and the types go to stdout. */
const isPrinting = process.argv[2] === '--print';
// What has a default may be left out of a question.
const types = astToString(
  await openapiTypescript(isPrinting ? await readStdin() : ofBuild(), { defaultNonNullable: false }),
);
const text = `// Made by "npm run api:types" from the OpenAPI document: not written by hand.\n${types}`;
if (isPrinting) process.stdout.write(text);
else writeFileSync(TARGET, text);

async function readStdin() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function ofBuild() {
  const { stdout, status } = spawnSync(process.execPath, [join(ROOT, 'dist', 'scripts', 'openapi.js')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) process.exit(1);
  return JSON.parse(stdout);
}
