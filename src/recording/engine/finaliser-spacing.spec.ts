import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Clip, drawClip, shift } from '../../media/fmp4/clip.fixture';
import { BrokenDisk, errno } from '../../storage/broken-disk.fixture';
import { NodeDisk } from '../../storage/disk';
import { FinaliseJob, Finaliser } from './finaliser';
import { Room, TOOLS, complaints, journalOptions, pictures, record, times } from './recording.fixture';

/** Times of pictures that come 25 a second, by their number, in ticks. */
const UNEVEN: [string, (i: number) => number][] = [
  [
    'a camera that says 25 a second and is faster for a while',
    (i: number) => i * 3600 - Math.max(0, Math.min(i, 60) - 15) * 700,
  ],
  ['pictures that a network bunched', (i: number) => (i < 30 || i > 45 ? i * 3600 : 30 * 3600 + (i - 30) * 500)],
  ['pictures a millisecond apart', (i: number) => (i < 40 || i > 55 ? i * 3600 : 40 * 3600 + (i - 40) * 90)],
  [
    'a gap in the first second, and bunches behind it',
    (i: number) => i * 3600 + (i < 10 ? 0 : 70_000) - (i % 10 > 5 ? ((i % 10) - 5) * 2800 : 0),
  ],
];

describe('The pictures of a finished film', () => {
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
    { at: 20, gapTicks: 20_100 },
    { at: 8, gapTicks: 9_999 },
    { at: 12, gapTicks: 251_234 },
  ])('leaves no two pictures on one step of a rate that a gap bends: %j', async ({ at, gapTicks }) => {
    const folder = room.at('.recordings', 'a');
    const { frames } = reordered;
    const again = frames.findIndex((frame, i) => i >= at && frame.keyframe);
    const back = frames.slice(again).map((frame) => shift(frame, (at - again) * 3600 + 7200 + gapTicks));
    const result = await record(journalOptions(folder), [...frames.slice(0, at), ...back], back.at(-1)!.dts + 3600);
    const sources = result.parts.map(({ info, index }) => ({ path: info.path, startTicks: info.startTicks, index }));
    const { endTicks } = result;
    const target = room.at('1', 'a.mp4');
    await new Finaliser(disk, TOOLS).finalise({ folder, parts: sources, endTicks, target });
    expect(complaints(target)).toBe('');
  });

  it.each(UNEVEN)('leaves no two pictures on one step of any rate: %s', async (_, timeOf) => {
    for (const [name, { frames }] of [
      ['plain', clip],
      ['reordered', reordered],
    ] as const) {
      const folder = room.at('.recordings', name);
      await disk.makeFolder(folder);
      const placed = frames.map((frame, i) => {
        return { ...frame, dts: timeOf(i), cts: timeOf((frame.dts + frame.cts) / 3600) - timeOf(i) };
      });
      const result = await record(journalOptions(folder), placed, placed.at(-1)!.dts + 3600);
      const sources = result.parts.map(({ info, index }) => ({ path: info.path, startTicks: info.startTicks, index }));
      const before = pictures(sources[0]!.path);
      const target = room.at('1', `${name}.mp4`);
      const { endTicks } = result;
      const video = await new Finaliser(disk, TOOLS).finalise({ folder, parts: sources, endTicks, target });
      expect(video).toMatchObject({ way: 'in_place', samples: 75, complaint: '' });
      expect(complaints(target)).toBe('');
      expect(pictures(target)).toEqual(before);
      const { pts } = times(target);
      const shown = placed.map((frame) => frame.dts + frame.cts - placed[0]!.cts);
      for (const [i, at] of pts.entries()) expect(Math.abs(at - shown[i]!)).toBeLessThan(3.1 * 3600);
    }
  });

  it.each(UNEVEN)('leaves none that comes late in a long recording either: %s', async (_, timeOf) => {
    const folder = room.at('.recordings', 'a');
    const regular = [0, 1, 2].flatMap((round) => clip.frames.map((frame) => shift(frame, round * 75 * 3600)));
    const uneven = clip.frames.map((frame, i) => ({ ...frame, dts: 225 * 3600 + timeOf(i) }));
    const result = await record(journalOptions(folder), [...regular, ...uneven], uneven.at(-1)!.dts + 3600);
    const sources = result.parts.map(({ info, index }) => ({ path: info.path, startTicks: info.startTicks, index }));
    const target = room.at('1', 'a.mp4');
    const { endTicks } = result;
    const video = await new Finaliser(disk, TOOLS).finalise({ folder, parts: sources, endTicks, target });
    expect(video).toMatchObject({ way: 'in_place', samples: 300, complaint: '' });
    expect(complaints(target)).toBe('');
  });

  it('leaves none where it died before they were parted', async () => {
    const [, timeOf] = UNEVEN[0]!;
    const folder = room.at('.recordings', 'a');
    const placed = clip.frames.map((frame, i) => ({ ...frame, dts: timeOf(i) }));
    const { parts, endTicks } = await record(journalOptions(folder), placed, placed.at(-1)!.dts + 3600);
    const sources = parts.map(({ info: { path, startTicks } }) => ({ path, startTicks }));
    const target = room.at('1', 'a.mp4');
    const job = { folder, parts: sources, endTicks, target };
    // The flip is a write of eight bytes; the second one would take it back.
    let flips = 0;
    const dying = new BrokenDisk(({ name, bytes }) => {
      if (name === 'write' && bytes === 8) flips++;
      if (flips > 1) throw errno('EIO');
    });
    await expect(new Finaliser(dying, TOOLS).finalise(job)).rejects.toMatchObject({ code: 'EIO' });
    expect(complaints(sources[0]!.path)).toContain('non monotonically increasing');
    expect(await new Finaliser(disk, TOOLS).finalise(job)).toMatchObject({ way: 'in_place', samples: 75 });
    expect(complaints(target)).toBe('');
  });

  /** Two parts of one format: the clip as it is, and 5 s after its beginning once more at these times. */
  async function recordTwoParts(
    name: string,
    { frames }: Clip,
    timeOf: (i: number) => number,
  ): Promise<{ job: FinaliseJob; shown: number[] }> {
    const zero = 5 * 90_000;
    const placed = frames.map((frame, i) => {
      return { ...frame, dts: timeOf(i), cts: timeOf((frame.dts + frame.cts) / 3600) - timeOf(i) };
    });
    const parts: FinaliseJob['parts'][number][] = [];
    for (const [i, taken] of [frames, placed].entries()) {
      const folder = room.at('.recordings', `${name}-${i}`);
      await disk.makeFolder(folder);
      const result = await record(journalOptions(folder), taken, taken.at(-1)!.dts + 3600);
      parts.push(...result.parts.map(({ info, index }) => ({ path: info.path, startTicks: i * zero, index })));
    }
    const shown = [...frames, ...placed.map((frame) => shift(frame, zero))].map(
      (frame) => frame.dts + frame.cts - frames[0]!.cts,
    );
    const endTicks = zero + placed.at(-1)!.dts + 3600;
    return {
      job: { folder: room.at('.recordings', `${name}-0`), parts, endTicks, target: room.at('1', `${name}.mp4`) },
      shown,
    };
  }

  it.each(UNEVEN)('leaves none in a file of two parts either: %s', async (_, timeOf) => {
    for (const [name, drawn] of [
      ['plain', clip],
      ['reordered', reordered],
    ] as const) {
      const { job, shown } = await recordTwoParts(name, drawn, timeOf);
      const before = job.parts.flatMap(({ path }) => pictures(path));
      const video = await new Finaliser(disk, TOOLS).finalise(job);
      expect(video).toMatchObject({ way: 'remuxed', samples: 150, complaint: '' });
      expect(complaints(job.target)).toBe('');
      expect(pictures(job.target)).toEqual(before);
      const { pts } = times(job.target);
      for (const [i, at] of pts.entries()) expect(Math.abs(at - shown[i]!)).toBeLessThan(3.1 * 3600);
    }
  });

  it('keeps a film as it is where it cannot be made anew with its pictures parted', async () => {
    const [, bunched] = UNEVEN[1]!;
    const { job } = await recordTwoParts('plain', clip, bunched);
    const before = job.parts.flatMap(({ path }) => pictures(path));
    const asked = room.at('asked');
    const ffmpeg = room.at('ffmpeg');
    // An FFmpeg that refuses every second file of this film; it hangs up first, as a dying process's pipe may.
    const refusal = `case "$*" in *parted*) echo "$*" >> ${asked}; exec 0<&-; sleep 0.2; exit 1;; esac`;
    writeFileSync(ffmpeg, `#!/bin/sh\n${refusal}\nexec ffmpeg "$@"\n`, { mode: 0o755 });
    const video = await new Finaliser(disk, { ...TOOLS, ffmpegPath: ffmpeg }).finalise(job);
    expect(readFileSync(asked, 'utf8')).toContain('parted');
    expect(video).toMatchObject({ way: 'remuxed', samples: 150 });
    expect(pictures(job.target)).toEqual(before);
    expect(existsSync(job.folder)).toBe(false);
  });
});
