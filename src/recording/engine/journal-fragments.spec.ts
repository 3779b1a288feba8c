import { readFileSync } from 'node:fs';
import { Clip, drawClip, shift } from '../../media/fmp4/clip.fixture';
import { NodeDisk } from '../../storage/disk';
import { Finaliser } from './finaliser';
import { isPart, listFragments } from './journal-fragments';
import { partPath } from './journal-part';
import { rebuildIndex } from './rebuild-index';
import { Room, TOOLS, journalOptions, record } from './recording.fixture';
import { SampleIndex } from './sample-index';

const SECOND = 90_000;

describe('listFragments', () => {
  let clip: Clip;
  let room: Room;
  const disk = new NodeDisk();

  beforeAll(() => {
    clip = drawClip({ seconds: 4, gop: 50, size: '160x90' });
  });

  beforeEach(() => {
    room = new Room();
  });

  afterEach(() => room.remove());

  it('lists whole fragments in a row, also only the new ones', async () => {
    const { parts } = await record(journalOptions(room.path), clip.frames, 4 * SECOND);
    const { index } = parts[0]!;
    const all = listFragments(index);
    expect(all.map(({ keyframe, dts, duration, gap }) => [keyframe, dts / SECOND, duration / SECOND, gap])).toEqual([
      [true, 0, 1, 0],
      [false, 1, 1, 0],
      [true, 2, 1, 0],
      [false, 3, 1, 0],
    ]);
    const bytes = readFileSync(parts[0]!.info.path);
    for (const { offset, bytes: length } of all) {
      const moof = bytes.readUInt32BE(offset);
      expect(bytes.toString('latin1', offset + 4, offset + 8)).toBe('moof');
      expect(moof + bytes.readUInt32BE(offset + moof)).toBe(length);
    }
    expect(all[3]!.offset + all[3]!.bytes).toBe(bytes.length);
    expect(listFragments(index, 3)).toEqual(all.slice(3));
    expect(listFragments(index, 4)).toEqual([]);
  });

  it('tells a gap from the pictures around it, and where the file stretches the picture before it', async () => {
    const frames = [...clip.frames.slice(0, 50), ...clip.frames.slice(50).map((frame) => shift(frame, 5 * SECOND))];
    const { parts } = await record(journalOptions(room.path), frames, 12 * SECOND);
    const { index, info } = parts[0]!;
    const all = listFragments(index);
    expect(all.map(({ duration, gap }) => [duration, gap])).toEqual([
      [SECOND, 0],
      [6 * SECOND, 5 * SECOND],
      [SECOND, 0],
      [4 * SECOND, 3 * SECOND],
    ]);
    const bytes = readFileSync(info.path);
    const stretched = all.filter(({ gap }) => gap > 0);
    expect(stretched.map(({ lastDurationAt }) => bytes.readUInt32BE(lastDurationAt))).toEqual([
      5 * SECOND + 3600,
      3 * SECOND + 3600,
    ]);
    expect(stretched.map(({ lastDuration }) => lastDuration)).toEqual([3600, 3600]);
    const file = await disk.open(info.path, 'read');
    expect(listFragments((await rebuildIndex(file)).index)).toEqual(all);
    await file.close();
  });

  it.each([
    ['a slow camera', [1, 2, 3, 4], []],
    ['a slow camera that stays away', [1, 2, 3, 8], [4]],
    ['one picture and no other', [9], [8.5]],
    ['one picture and soon another', [1], []],
    ['half a second', [0.04, 0.08, 0.58, 0.62], []],
    ['more than half a second', [0.04, 0.08, 0.62, 0.66], [0.5]],
  ])('knows what is usual: %s', (_, steps, gaps) => {
    // A fragment of one picture each: it lasts up to the next step.
    const index = new SampleIndex();
    [0, ...steps.slice(0, -1)].forEach((at, i) => {
      index.beginFragment(at * SECOND, 1000 * i, 112);
      index.addSample(at * SECOND, (steps[i]! - at) * SECOND, 888, 0, i === 0);
    });
    const found = listFragments(index).filter(({ gap }) => gap > 0);
    expect(found.map(({ gap }) => Math.round((gap / SECOND) * 1000) / 1000)).toEqual(gaps);
  });

  it('knows the part again after it was finished in place, and no other file', async () => {
    const folder = room.at('.recordings', 'a');
    await disk.makeFolder(folder);
    const { parts, endTicks } = await record(journalOptions(folder), clip.frames, 4 * SECOND);
    const { info, index } = parts[0]!;
    const before = listFragments(index);
    const same = async (path: string, reserve = info.reserveBytes): Promise<boolean> => {
      const file = await disk.open(path, 'read');
      return isPart(file, info.init, reserve).finally(() => file.close());
    };
    expect(await same(partPath(folder, 1))).toBe(true);
    expect(await same(partPath(folder, 1), info.reserveBytes + 1)).toBe(false);
    const target = room.at('1', 'a.mp4');
    await new Finaliser(disk, TOOLS).finalise({
      folder,
      parts: [{ path: info.path, startTicks: 0 }],
      endTicks,
      target,
    });
    expect(await same(target)).toBe(true);
    const file = await disk.open(target, 'read');
    expect(listFragments((await rebuildIndex(file)).index)).toEqual(before);
    await file.close();
    expect(await same(__filename)).toBe(false);
  });
});
