import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BrokenDisk, errno } from './broken-disk.fixture';
import { NodeDisk } from './disk';
import { ThumbnailShelf } from './thumbnail-shelf';
import { VideoPathError, VideoStore } from './video-store';

const ID = '3b241101-e2bb-4255-8caf-4136c566a962';
const JPEG = Buffer.from('a picture');

describe('ThumbnailShelf', () => {
  let base: string;
  let store: VideoStore;
  let shelf: ThumbnailShelf;
  let path: string;

  beforeEach(async () => {
    base = mkdtempSync(join(tmpdir(), 'padelvar-thumbnails-'));
    store = await VideoStore.open(new NodeDisk(), join(base, 'videos'));
    shelf = new ThumbnailShelf(new NodeDisk(), store);
    path = join(store.root, '.thumbnails', '7', `${ID}.jpg`);
  });

  afterEach(() => rmSync(base, { recursive: true }));

  it('keeps, gives, replaces and removes a picture', async () => {
    expect(await shelf.read(7, ID)).toBeNull();
    await shelf.put(7, ID, Buffer.from('an older one'));
    await shelf.put(7, ID, JPEG);
    expect(await shelf.read(7, ID)).toEqual(JPEG);
    expect(readdirSync(dirname(path))).toEqual([`${ID}.jpg`]);
    expect(await shelf.list(7)).toEqual([{ name: `${ID}.jpg`, modifiedAt: expect.any(Number) as number }]);
    expect(await shelf.remove(7, ID)).toBe(true);
    expect(await shelf.remove(7, ID)).toBe(false);
    expect(await shelf.list(7)).toEqual([]);
    expect(await shelf.list(8)).toEqual([]);
  });

  it.each(['create', 'write', 'datasync', 'rename'])('leaves the older one whole where %s fails', async (step) => {
    await shelf.put(7, ID, Buffer.from('an older one'));
    const broken = new ThumbnailShelf(
      new BrokenDisk(({ name }) => {
        if (name === step) throw errno('ENOSPC');
      }),
      store,
    );
    await expect(broken.put(7, ID, JPEG)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(readFileSync(path, 'utf8')).toBe('an older one');
    expect(readdirSync(dirname(path))).toEqual([`${ID}.jpg`]);
  });

  it('follows no symbolic link, and takes no name that leads elsewhere', async () => {
    mkdirSync(join(base, 'elsewhere'));
    writeFileSync(join(base, 'elsewhere', `${ID}.jpg`), 'not ours');
    mkdirSync(dirname(dirname(path)));
    symlinkSync(join(base, 'elsewhere'), dirname(path));
    await expect(shelf.put(7, ID, JPEG)).rejects.toThrow(VideoPathError);
    await expect(shelf.read(7, ID)).rejects.toThrow(VideoPathError);
    await expect(shelf.remove(7, ID)).rejects.toThrow(VideoPathError);
    await expect(shelf.discard(7, { name: `../${ID}.jpg`, modifiedAt: 0 })).rejects.toThrow(VideoPathError);
    await expect(shelf.read(7, '../x')).rejects.toThrow(VideoPathError);
    expect(existsSync(join(base, 'elsewhere', `${ID}.jpg`))).toBe(true);
  });
});
