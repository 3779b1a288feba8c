/* Runs TypeScript in a plain Node process, compiled as jest does: `node -r test/support/register.js src/main.ts`. */
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { transformSync, version } = require('@swc/core');
const { swcOptions } = require('../../jest.config.js');

/** Tests start the service hundreds of times: what was compiled once is kept, under a name made of all that counts. */
const KEPT = join(__dirname, '..', '..', '.cache', 'compiled');
const BASIS = JSON.stringify([version, swcOptions]);
mkdirSync(KEPT, { recursive: true });

function compile(filename) {
  const source = readFileSync(filename, 'utf8');
  const name = createHash('sha256').update([BASIS, filename, source].join('\0')).digest('hex');
  const kept = join(KEPT, `${name}.js`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const { code } = transformSync(source, { ...swcOptions, filename, swcrc: false });
    // Several processes may compile one file at a time: a reader sees it whole or not at all.
    writeFileSync(`${kept}.${process.pid}`, code);
    renameSync(`${kept}.${process.pid}`, kept);
    return code;
  }
}

require.extensions['.ts'] = (module, filename) => module._compile(compile(filename), filename);

if (process.env.PADELVAR_SECRET_FINDINGS !== undefined) {
  const { reportCounts, watchProcess } = require('./secret-watch.ts');
  watchProcess();
  process.on('exit', reportCounts);
}
