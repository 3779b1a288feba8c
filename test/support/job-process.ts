import { createApp } from '../../src/app.setup';
import { JobData, JobKind } from '../../src/jobs/job-kind';
import { Jobs } from '../../src/jobs/jobs';
import { testConfig } from './test-app';

/** Work that only another process brings to its end: this one's goes on until it is killed. */
export const ENDLESS: JobKind<JobData> = {
  name: 'endless',
  retries: 2,
  backoffSeconds: 30,
  expireSeconds: 3_600,
  atOnce: 1,
};

/** The service in a process of its own, without a port, at such work: `node -r register.js job-process.ts <root> <database>`. */
async function main(root: string, databaseUrl: string): Promise<void> {
  const app = await createApp(testConfig(root, databaseUrl));
  app.get(Jobs).handle(ENDLESS, ({ clubId }, { id }) => {
    process.stdout.write(`began ${id} ${clubId}\n`);
    return new Promise(() => undefined);
  });
  await app.init();
}

if (require.main === module) {
  const [root = '', databaseUrl = ''] = process.argv.slice(2);
  void main(root, databaseUrl);
}
