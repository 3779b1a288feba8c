import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeDisk } from './disk';
import { VideoPathError, VideoStore } from './video-store';

const ID = '3b241101-e2bb-4255-8caf-4136c566a962';

describe('VideoStore', () => {
  let base: string;
  let store: VideoStore;

  beforeEach(async () => {
    base = mkdtempSync(join(tmpdir(), 'padelvar-store-'));
    store = await VideoStore.open(new NodeDisk(), join(base, 'videos'));
  });

  afterEach(() => rmSync(base, { recursive: true }));

  it.each([
    [0, ID],
    [-1, ID],
    [1.5, ID],
    [2 ** 53, ID],
    [1, 'a'],
    [1, `../${ID}`],
    [1, ID.toUpperCase()],
    [1, `${ID}\0`],
  ])('makes no path of club %p and session %p', (club, session) => {
    expect(() => store.videoPath(club, session)).toThrow(VideoPathError);
  });

  it('deletes a video once', async () => {
    mkdirSync(join(store.root, '7'));
    writeFileSync(store.videoPath(7, ID), 'video');
    expect(await store.deleteVideo(7, ID)).toBe(true);
    expect(existsSync(store.videoPath(7, ID))).toBe(false);
    expect(await store.deleteVideo(7, ID)).toBe(false);
    expect(await store.emptyTrash()).toBe(0);
  });

  it('follows no symbolic link out of the videos', async () => {
    mkdirSync(join(base, 'elsewhere'));
    writeFileSync(join(base, 'elsewhere', `${ID}.mp4`), 'not ours');
    symlinkSync(join(base, 'elsewhere'), join(store.root, '7'));
    await expect(store.openVideo(7, ID)).rejects.toThrow(VideoPathError);
    await expect(store.deleteVideo(7, ID)).rejects.toThrow(VideoPathError);
    mkdirSync(join(store.root, '8'));
    symlinkSync(join(base, 'elsewhere', `${ID}.mp4`), store.videoPath(8, ID));
    expect(await store.openVideo(8, ID)).toBeNull();
    expect(existsSync(join(base, 'elsewhere', `${ID}.mp4`))).toBe(true);
  });

  it('keeps whose videos these are', async () => {
    expect(await store.readOwner()).toBeNull();
    await store.writeOwner(ID);
    expect(await store.readOwner()).toBe(ID);
    const again = await VideoStore.open(new NodeDisk(), join(base, 'videos'));
    expect(await again.readOwner()).toBe(ID);
  });

  it('keeps the wish to stop', async () => {
    await store.makeRecordingFolder(ID);
    expect(await store.readStopWish(ID)).toBeNull();
    await store.writeStopWish(ID, { endTicks: 4711 });
    await store.writeStopWish(ID, { endTicks: 4712 });
    expect(await store.readStopWish(ID)).toEqual({ endTicks: 4712 });
  });
});
