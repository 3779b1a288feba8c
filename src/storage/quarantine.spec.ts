import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeDisk } from './disk';
import { Quarantine, Stray } from './quarantine';
import { VideoPathError, VideoStore } from './video-store';

const ID = '3b241101-e2bb-4255-8caf-4136c566a962';

describe('Quarantine', () => {
  let base: string;
  let store: VideoStore;
  let quarantine: Quarantine;

  beforeEach(async () => {
    base = mkdtempSync(join(tmpdir(), 'padelvar-quarantine-'));
    store = await VideoStore.open(new NodeDisk(), join(base, 'videos'));
    quarantine = new Quarantine(new NodeDisk(), store);
    mkdirSync(join(store.root, '7'));
  });

  afterEach(() => rmSync(base, { recursive: true }));

  async function take(path: string, kind: 'file' | 'folder' = 'file'): Promise<string> {
    return quarantine.take((await quarantine.look(path, kind)) as Stray, '2026-11-25');
  }

  it("lists what may be nobody's, and leaves the rest alone", async () => {
    for (const name of [`7/${ID}.mp4`, '7/match.mov', '7/.hidden', 'loose.mp4', '.gitkeep']) {
      writeFileSync(join(store.root, name), name);
    }
    for (const name of ['8', 'lost+found', '.recordings/one', '012']) mkdirSync(join(store.root, name));
    expect((await quarantine.clubs()).sort()).toEqual([7, 8]);
    expect(await quarantine.names(7)).toEqual([`${ID}.mp4`, 'match.mov']);
    expect(await quarantine.names(9)).toEqual([]);
    expect(await quarantine.looseNames()).toEqual(['012', 'loose.mp4', 'lost+found']);
    expect(await quarantine.recordings()).toEqual(['one']);
    expect(await quarantine.look('lost+found', 'file')).toBeNull();
  });

  it('is as young as the newest thing in a folder, and as large as all of them', async () => {
    const folder = store.recordingFolder(ID);
    mkdirSync(folder);
    for (const [name, seconds] of Object.entries({ 'part-1.mp4': 1_000, 'part-2.mp4': 2_000 })) {
      writeFileSync(join(folder, name), 'x'.repeat(100));
      utimesSync(join(folder, name), seconds, seconds);
    }
    utimesSync(folder, 500, 500);
    expect(await quarantine.look(quarantine.recordingPath(ID), 'folder')).toEqual({
      path: `.recordings/${ID}`,
      bytes: 200,
      modifiedAt: 2_000_000,
    });
  });

  it("keeps path and content, and takes nobody's place", async () => {
    for (const [text, place] of [
      ['one', `.quarantine/2026-11-25/7/${ID}.mp4`],
      ['two', `.quarantine/2026-11-25/7/${ID}.mp4.1`],
      ['three', `.quarantine/2026-11-25/7/${ID}.mp4.2`],
    ] as const) {
      writeFileSync(store.videoPath(7, ID), text);
      expect(await take(`7/${ID}.mp4`)).toBe(place);
      expect(readFileSync(join(store.root, place), 'utf8')).toBe(text);
      expect(existsSync(store.videoPath(7, ID))).toBe(false);
    }
    mkdirSync(store.recordingFolder(ID));
    writeFileSync(join(store.recordingFolder(ID), 'part-1.mp4'), 'journal');
    const moved = await take(quarantine.recordingPath(ID), 'folder');
    expect(moved).toBe(`.quarantine/2026-11-25/.recordings/${ID}`);
    expect(readFileSync(join(store.root, moved, 'part-1.mp4'), 'utf8')).toBe('journal');
  });

  it('follows no symbolic link, in or out', async () => {
    mkdirSync(join(base, 'elsewhere'));
    writeFileSync(join(base, 'elsewhere', 'match.mp4'), 'not ours');
    symlinkSync(join(base, 'elsewhere', 'match.mp4'), join(store.root, '7', 'link.mp4'));
    expect(await quarantine.look('7/link.mp4', 'file')).toBeNull();
    symlinkSync(join(base, 'elsewhere'), join(store.root, '9'));
    expect(await quarantine.names(9)).toEqual([]);
    await expect(take('9/match.mp4')).rejects.toThrow(VideoPathError);
    writeFileSync(join(store.root, '7', 'match.mp4'), 'ours');
    symlinkSync(join(base, 'elsewhere'), join(store.root, '.quarantine'));
    await expect(take('7/match.mp4')).rejects.toThrow(VideoPathError);
    await expect(quarantine.look('../elsewhere/match.mp4', 'file')).rejects.toThrow(VideoPathError);
    expect(readFileSync(join(base, 'elsewhere', 'match.mp4'), 'utf8')).toBe('not ours');
    expect(existsSync(join(store.root, '7', 'match.mp4'))).toBe(true);
    expect(readdirSync(join(base, 'elsewhere'))).toEqual(['match.mp4']);
  });
});
