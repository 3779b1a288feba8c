import { existsSync, readFileSync, statSync } from 'node:fs';
import { Clip, drawClip, shift } from '../../media/fmp4/clip.fixture';
import { NodeDisk } from '../../storage/disk';
import { Finaliser } from './finaliser';
import { Room, TOOLS, journalOptions, pictures, record, times } from './recording.fixture';

describe('Finaliser', () => {
  let clip: Clip;
  let reordered: Clip;
  let room: Room;
  const disk = new NodeDisk();

  beforeAll(() => {
    clip = drawClip({ seconds: 3 });
    reordered = drawClip({ seconds: 3, bFrames: 2 });
  });

  beforeEach(async () => {
    room = new Room();
    await disk.makeFolder(room.at('.recordings', 'a'));
  });

  afterEach(() => room.remove());

  it.each([
    ['without B-frames', () => clip],
    ['with B-frames', () => reordered],
  ])('finishes a recording %s in place, every picture the same', async (_, drawn) => {
    const { frames } = drawn();
    const folder = room.at('.recordings', 'a');
    const result = await record(journalOptions(folder), frames, frames.length * 3600);
    const path = room.at('.recordings', 'a', 'part-1.mp4');
    const before = pictures(path);
    const inode = statSync(path).ino;
    const { parts, endTicks } = result;
    const sources = parts.map(({ info, index }) => ({ path: info.path, startTicks: info.startTicks, index }));
    const target = room.at('1', 'a.mp4');
    const video = await new Finaliser(disk, TOOLS).finalise({ folder, parts: sources, endTicks, target });
    expect(video).toMatchObject({
      way: 'in_place',
      samples: 75,
      durationSeconds: 3,
      width: 320,
      height: 180,
      complaint: '',
    });
    expect(statSync(target).ino).toBe(inode);
    expect(pictures(target)).toEqual(before);
    expect(before).toHaveLength(75);
    expect(existsSync(folder)).toBe(false);
    const shown = times(target).pts;
    expect(shown).toEqual(frames.map((frame) => frame.dts + frame.cts - frames[0]!.cts));
    const bytes = readFileSync(target);
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
  });

  it('stretches the frame before a gap, and the last one to the stop', async () => {
    const folder = room.at('.recordings', 'a');
    const frames = [...clip.frames.slice(0, 50), ...clip.frames.slice(50).map((frame) => shift(frame, 450_000))];
    const gaps: unknown[] = [];
    const start = 1_000_000;
    const moved = frames.map((frame) => shift(frame, start));
    const result = await record(journalOptions(folder), moved, start + 11 * 90_000, { onGap: (gap) => gaps.push(gap) });
    expect(gaps).toEqual([
      { startTicks: start + 49 * 3600, endTicks: start + 50 * 3600 + 450_000, reason: 'camera_stalled' },
      { startTicks: start + 74 * 3600 + 450_000, endTicks: start + 11 * 90_000, reason: 'camera_stalled' },
    ]);
    const sources = result.parts.map(({ info }) => ({ path: info.path, startTicks: info.startTicks }));
    const target = room.at('1', 'a.mp4');
    const video = await new Finaliser(disk, TOOLS).finalise({
      folder,
      parts: sources,
      endTicks: result.endTicks,
      target,
    });
    expect(video).toMatchObject({ way: 'in_place', durationSeconds: 11, samples: 75 });
    expect(times(target).dts).toEqual(frames.map((frame) => frame.dts));
  });
});
