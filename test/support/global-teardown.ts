import { rmSync } from 'node:fs';
import { testPostgres } from './global-setup';

export default async function globalTeardown(): Promise<void> {
  const { current } = testPostgres;
  if (!current) return;
  await current.postgres.stop();
  rmSync(current.root, { recursive: true, force: true });
}
