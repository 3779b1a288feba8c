import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HandClock } from '../../common/hand-clock.fixture';
import { BrokenDisk, DiskCall, errno, Fate } from '../../storage/broken-disk.fixture';
import { isInDoubt, JournalError } from './journal-error';
import { SureDisk } from './sure-disk';

const SYNCS: readonly [string, (disk: SureDisk, folder: string) => Promise<void>][] = [
  [
    'datasync',
    async (disk, folder) => {
      const file = await disk.open(join(folder, 'file'), 'create');
      await file.datasync().finally(() => file.close());
    },
  ],
  ['syncFolder', (disk, folder) => disk.syncFolder(folder)],
];

describe.each(SYNCS)('a sure %s', (name, sync) => {
  const clock = new HandClock();
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'padelvar-sure-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const disk = (fate: (call: DiskCall) => Fate): SureDisk =>
    new SureDisk(new BrokenDisk((call) => (call.name === name ? fate(call) : undefined)), clock);

  it('is the disk’s own while that is sound, and leaves no timer', async () => {
    await sync(
      disk(() => undefined),
      folder,
    );
    expect(clock.pending).toBe(0);
  });

  it('fails for good where the disk’s fails', async () => {
    const failing = disk(() => {
      throw errno('EIO');
    });
    const error: unknown = await sync(failing, folder).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'sync_failed', cause: { code: 'EIO' } });
    expect(isInDoubt((error as JournalError).words)).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('does not wait for ever for one that hangs', async () => {
    let hangs: () => void = () => undefined;
    const hanging = new Promise<void>((resolve) => (hangs = resolve));
    const outcome = sync(
      disk(() => {
        hangs();
        return new Promise<void>(() => undefined);
      }),
      folder,
    ).catch((reason: unknown) => reason);
    await hanging;
    clock.pass(30_000);
    const error = await outcome;
    expect(error).toMatchObject({ code: 'sync_timeout' });
    expect(isInDoubt((error as JournalError).words)).toBe(true);
  });
});
