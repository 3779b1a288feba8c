import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clip, drawClip } from './clip.fixture';
import { buildFragment, buildRun, frameFragment } from './fragment';
import { buildInitSegment } from './init-segment';

const DURATION = 3600;

describe('fragments', () => {
  let clip: Clip;
  let folder: string;

  beforeAll(() => {
    clip = drawClip({ seconds: 2, bFrames: 2 });
    folder = mkdtempSync(join(tmpdir(), 'padelvar-fmp4-'));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('lays out one sample byte by byte', () => {
    const data = Buffer.from([1, 2, 3]);
    const [header, sample, ...rest] = buildFragment(
      [{ data, dts: 2 ** 33 + 5, cts: -7, duration: 3600, keyframe: false }],
      9,
    );
    expect(header!.toString('hex')).toBe(
      [
        '000000686d6f6f66', // moof, 104 bytes
        '000000106d66686400000000' + '00000009', // mfhd
        '0000005074726166', // traf, 80 bytes
        '00000010' + '74666864' + '00020000' + '00000001', // tfhd: default-base-is-moof, track 1
        '00000014' + '74666474' + '01000000' + '0000000200000005', // tfdt v1
        '00000024' + '7472756e' + '01000f01' + '00000001' + '00000070', // trun v1, data offset 112
        '00000e10' + '00000003' + '01010000' + 'fffffff9',
        '0000000b6d646174', // mdat
      ].join(''),
    );
    expect(sample).toBe(data);
    expect(rest).toEqual([]);
  });

  it('takes durations of a run from its decode times and the file zero off them', () => {
    const frames = [100, 400, 450].map((dts, i) => ({ data: Buffer.alloc(4), dts, cts: 0, keyframe: i === 0 }));
    const durations = [300, 50, 25];
    const samples = frames.map((frame, i) => ({ ...frame, dts: frame.dts - 100, duration: durations[i]! }));
    expect(buildRun(frames, 475, 100, 1)).toEqual(buildFragment(samples, 1));
  });

  it.each([
    ['no samples', []],
    ['a negative time', [{ data: Buffer.alloc(1), dts: -1, cts: 0, duration: 1, keyframe: true }]],
    ['a duration of 2³² ticks', [{ data: Buffer.alloc(1), dts: 0, cts: 0, duration: 2 ** 32, keyframe: true }]],
  ])('refuses %s', (_, samples) => {
    expect(() => buildFragment(samples, 1)).toThrow(/needs a sample|unsigned 64-bit|out of range/);
  });

  it('makes a live fragment once a frame', () => {
    const frame = clip.frames[0]!;
    const fragment = frameFragment(frame, DURATION);
    expect(frameFragment(frame, 1)).toBe(fragment);
    const sample = { ...frame, duration: DURATION };
    expect(fragment).toEqual(Buffer.concat(buildFragment([sample], 0)));
  });

  it.each([
    ['one frame a fragment', 1],
    ['ten frames a fragment', 10],
  ])('FFmpeg plays %s without a word, every picture in its place', (_, count) => {
    const file = join(folder, `by-${count}.mp4`);
    const parts = [buildInitSegment(clip.config)];
    for (let i = 0, sequence = 1; i < clip.frames.length; i += count, sequence++) {
      const samples = clip.frames.slice(i, i + count).map((frame) => ({ ...frame, duration: DURATION }));
      parts.push(...buildFragment(samples, sequence));
    }
    writeFileSync(file, Buffer.concat(parts));
    const decoded = spawnSync('ffmpeg', ['-v', 'warning', '-i', file, '-f', 'null', '-']);
    expect([decoded.status, decoded.stderr.toString()]).toEqual([0, '']);
    const listing = ['-v', 'warning', '-show_entries', 'packet=pts,dts,duration,flags,size', '-of', 'csv=p=0', file];
    const rows = execFileSync('ffprobe', listing).toString().trim().split('\n');
    expect(rows).toEqual(
      clip.frames.map((f) => `${f.dts + f.cts},${f.dts},${DURATION},${f.data.length},${f.keyframe ? 'K_' : '__'}`),
    );
  });
});
