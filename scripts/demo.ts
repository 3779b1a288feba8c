import { demoCameras, serversOf } from './demo/cameras';
import { DemoClub } from './demo/club';
import { DemoService } from './demo/service';

/** How long the recording that the demo makes is. */
const RECORD_SECONDS = 8;

/**
 * The whole main job on this machine, with nothing to prepare: simulated cameras, the service with its own PostgreSQL, a
 * club with three courts, one of them with two cameras, and one match recorded. Then it goes on serving until Ctrl-C; with `--once` it ends.
 */
async function main(): Promise<void> {
  const once = process.argv.includes('--once');
  const say = (line = ''): void => void process.stdout.write(`${line}\n`);

  say('Drawing and starting the cameras …');
  const cameras = await demoCameras();
  const service = new DemoService();
  const ended = interrupted();
  try {
    say('Starting the service …');
    const url = await Promise.race([service.start(), ended.then(() => null)]);
    if (url === null) return;
    const club = await DemoClub.open(url, service.operator, cameras);
    say(`Recording ${RECORD_SECONDS} s of "${club.courts[0]?.name}" …`);
    const video = await Promise.race([club.recordMatch(RECORD_SECONDS, say), ended.then(() => null)]);
    if (video === null) return;
    say();
    say(`One recording: ${service.pathOf(video.path)}`);
    say(`  ${video.seconds.toFixed(1)} s, ${(video.bytes / 2 ** 20).toFixed(1)} MB`);
    say();
    say(`Open         ${url}/`);
    for (const login of club.logins) say(`${login.role.padEnd(12)} ${login.email}  ${login.password}`);
    for (const court of club.courts) say(`court ${court.id}      ${court.name} (${court.kind})`);
    say(`API          ${url}/api/docs`);
    if (once) return;
    say();
    say('Serving until Ctrl-C.');
    await Promise.race([ended, service.died()]);
  } finally {
    await service.stop();
    await Promise.all(serversOf(cameras).map((server) => server.stop()));
  }
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`The demo failed: ${error instanceof Error ? error.message : String(error)}\n`, () =>
      process.exit(1),
    );
  },
);
