import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { Clip, drawClip, shift } from '../../media/fmp4/clip.fixture';
import { fragmentHeaderBytes } from '../../media/fmp4/fragment';
import { BrokenDisk, errno } from '../../storage/broken-disk.fixture';
import { NodeDisk } from '../../storage/disk';
import { FinaliseJob, Finaliser } from './finaliser';
import { JournalPart, partPath } from './journal-part';
import { Room, TOOLS, journalOptions, pictures, record, times } from './recording.fixture';
import { SampleIndex } from './sample-index';

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

  /** Two parts, the second of another size, 2 s after the first. */
  async function recordTwoFormats(folder: string): Promise<{ job: FinaliseJob; samples: number }> {
    const other = drawClip({ seconds: 1, size: '640x480', fps: 10, bFrames: 2, gop: 10 });
    const second = other.frames.map((frame) => shift(frame, 5 * 90_000));
    const result = await record(journalOptions(folder), [...reordered.frames, ...second], 7 * 90_000);
    expect(result.parts.map(({ info }) => info.startTicks)).toEqual([0, 5 * 90_000]);
    const parts = result.parts.map(({ info }) => ({ path: info.path, startTicks: info.startTicks }));
    return { job: { folder, parts, endTicks: result.endTicks, target: room.at('1', 'a.mp4') }, samples: 85 };
  }

  it('puts parts of two formats together, with the time between them', async () => {
    const folder = room.at('.recordings', 'a');
    const { job, samples } = await recordTwoFormats(folder);
    const first = pictures(job.parts[0]!.path);
    const video = await new Finaliser(disk, TOOLS).finalise(job);
    expect(video).toMatchObject({ way: 'remuxed', samples, width: 320, height: 180, complaint: '' });
    expect(Math.abs(video.durationSeconds - 7)).toBeLessThan(0.1);
    const all = pictures(job.target);
    expect(all).toHaveLength(samples);
    expect(all.slice(0, 75)).toEqual(first);
    const { pts } = times(job.target);
    // Shown a reorder delay after its decode time: 0.2 s there, 0.08 s at the file's beginning.
    expect(pts[75]).toBe(5 * 90_000 + 18_000 - 7200);
    const bytes = readFileSync(job.target);
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
    expect(existsSync(folder)).toBe(false);
  });

  it.each([0, 10_000])('leaves out a part that was still being made: %d bytes of it', async (bytes) => {
    const folder = room.at('.recordings', 'a');
    const { job } = await recordTwoFormats(folder);
    const [first, second] = job.parts;
    truncateSync(second!.path, bytes);
    const endTicks = 5 * 90_000;
    const video = await new Finaliser(disk, TOOLS).finalise({ ...job, parts: [first!, second!], endTicks });
    expect(video).toMatchObject({ way: 'in_place', samples: 75, complaint: '' });
    expect(existsSync(folder)).toBe(false);
  });

  it('remuxes where the reserve has no room for the index', async () => {
    const folder = room.at('.recordings', 'a');
    const path = partPath(folder, 1);
    const part = await JournalPart.create(disk, folder, 1, reordered.config, 0, 600);
    await part.write(reordered.frames, 75 * 3600);
    await part.close();
    const before = pictures(path);
    const target = room.at('1', 'a.mp4');
    const job = { folder, parts: [{ path, startTicks: 0 }], endTicks: 75 * 3600, target };
    const video = await new Finaliser(disk, TOOLS).finalise(job);
    expect(video).toMatchObject({ way: 'remuxed', samples: 75 });
    expect(Math.abs(video.durationSeconds - 3)).toBeLessThan(0.1);
    expect(pictures(target)).toEqual(before);
  });

  it('never writes over a file that has the name', async () => {
    const folder = room.at('.recordings', 'a');
    const { parts, endTicks } = await record(journalOptions(folder), clip.frames, 75 * 3600);
    const target = room.at('1', 'a.mp4');
    await disk.makeFolder(room.at('1'));
    writeFileSync(target, 'somebody else');
    const sources = parts.map(({ info, index }) => ({ path: info.path, startTicks: info.startTicks, index }));
    const finalising = new Finaliser(disk, TOOLS).finalise({ folder, parts: sources, endTicks, target });
    await expect(finalising).rejects.toMatchObject({ code: 'target_exists' });
    expect(readFileSync(target, 'utf8')).toBe('somebody else');
    expect(pictures(sources[0]!.path)).toHaveLength(75);
  });

  it('takes the flip back and remuxes where the index is wrong', async () => {
    const folder = room.at('.recordings', 'a');
    const { parts, endTicks } = await record(journalOptions(folder), clip.frames, 75 * 3600);
    const { info } = parts[0]!;
    // What a fault of the finaliser would look like: an index one byte off.
    const wrong = new SampleIndex();
    wrong.beginFragment(0, info.init.length + info.reserveBytes, fragmentHeaderBytes(75) + 1);
    for (const frame of clip.frames) wrong.addSample(frame.dts, 3600, frame.data.length, frame.cts, frame.keyframe);
    wrong.endOffset = parts[0]!.index.endOffset;
    const target = room.at('1', 'a.mp4');
    const job = { folder, parts: [{ path: info.path, startTicks: 0, index: wrong }], endTicks, target };
    await expect(new Finaliser(disk, TOOLS).finalise(job)).rejects.toBeDefined();
    expect(existsSync(target)).toBe(false);
    expect(pictures(info.path)).toHaveLength(75);
    const again = { ...job, parts: [{ path: info.path, startTicks: 0 }] };
    expect(await new Finaliser(disk, TOOLS).finalise(again)).toMatchObject({ way: 'in_place', samples: 75 });
  });

  it('accepts what the camera itself sent broken', async () => {
    const folder = room.at('.recordings', 'a');
    const frames = clip.frames.map((frame, i) => {
      if (i !== 60) return frame;
      const data = Buffer.from(frame.data);
      data.fill(0, 12);
      return { ...frame, data };
    });
    const { parts, endTicks } = await record(journalOptions(folder), frames, 75 * 3600);
    const sources = parts.map(({ info, index }) => ({ path: info.path, startTicks: info.startTicks, index }));
    const target = room.at('1', 'a.mp4');
    const video = await new Finaliser(disk, TOOLS).finalise({ folder, parts: sources, endTicks, target });
    expect(video).toMatchObject({ way: 'in_place', samples: 75 });
    expect(video.complaint).not.toBe('');
  });

  it.each([
    ['one part', 'in_place'],
    ['two formats', 'remuxed'],
  ])('dies at any step and finishes at the next start: %s', async (_, way) => {
    for (let step = 1; ; step++) {
      const folder = room.at('.recordings', `s${step}`);
      await disk.makeFolder(folder);
      const target = room.at(`${step}`, 'a.mp4');
      let job: FinaliseJob;
      let samples = 75;
      if (way === 'in_place') {
        const { parts, endTicks } = await record(journalOptions(folder), clip.frames, 90_000 * 4);
        job = {
          folder,
          parts: parts.map(({ info: { path, startTicks } }) => ({ path, startTicks })),
          endTicks,
          target,
        };
      } else {
        const two = await recordTwoFormats(folder);
        job = { ...two.job, target };
        samples = two.samples;
      }
      let calls = 0;
      const dying = new BrokenDisk(({ bytes }) => {
        calls++;
        if (calls === step && bytes) return { short: Math.floor(bytes / 2) };
        if (calls >= step) throw errno('EIO');
      });
      const died = await new Finaliser(dying, TOOLS).finalise(job).then(
        () => false,
        () => true,
      );
      if (calls >= step || died) {
        // What a database row knows stays the same; parts that are gone are not opened again.
        const left = job.parts.filter((part) => existsSync(part.path) || existsSync(target));
        await new Finaliser(disk, TOOLS).finalise({ ...job, parts: left });
      }
      expect([step, pictures(target).length]).toEqual([step, samples]);
      expect(existsSync(folder)).toBe(false);
      if (calls < step) return;
    }
  });
});
