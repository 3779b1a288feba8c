import { randomInt } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Below the range that systems take ports of outgoing connections from (Linux: from 32768). */
const [LOWEST, HIGHEST] = [20_000, 32_000];

/** The cluster's port: the one of last time if it is free, else another, remembered. */
export async function choosePort(home: string): Promise<number> {
  const file = join(home, 'port');
  const remembered = Number(await readFile(file, 'utf8').catch(() => ''));
  if (Number.isInteger(remembered) && remembered >= LOWEST && remembered < HIGHEST && (await isFree(remembered))) {
    return remembered;
  }
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (!(await isFree(port))) continue;
    await writeFile(`${file}.tmp`, String(port));
    await rename(`${file}.tmp`, file);
    return port;
  }
  throw new Error(`No free port for PostgreSQL between ${LOWEST} and ${HIGHEST}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
