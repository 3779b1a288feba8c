import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codecOfInit, movieConfiguration } from '../fmp4/codec-of-init';
import { buildInitSegment } from '../fmp4/init-segment';
import { H265Sets, parseH265Config } from './h265-config';
import { parseH265Sps } from './h265-sps';
import { hevcConfiguration, parseHevcConfiguration } from './hevc-configuration';

/** The `hvcC` that FFmpeg writes for what x265 makes. */
function foreignRecord(size: string, options: readonly string[]): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'padelvar-hevc-'));
  try {
    const path = join(folder, 'one.mp4');
    const source = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25`, '-frames:v', '3'];
    const encoder = ['-c:v', 'libx265', '-preset', 'ultrafast', '-tag:v', 'hvc1', ...options];
    execFileSync('ffmpeg', ['-v', 'error', ...source, ...encoder, path], { stdio: 'ignore' });
    const file = readFileSync(path);
    const at = file.indexOf('hvcC');
    return Buffer.from(file.subarray(at + 4, at - 4 + file.readUInt32BE(at - 4)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('an H.265 configuration', () => {
  it.each<[string, string, string[], object]>([
    ['plain', '320x180', ['-x265-params', 'bframes=0'], { width: 320, height: 180, reorderDepth: 0, nominalFps: 25 }],
    ['of odd size', '322x182', ['-x265-params', 'bframes=4:b-pyramid=1'], { width: 322, height: 182, reorderDepth: 2 }],
    [
      'with scaling lists and long-term references',
      '640x360',
      ['-x265-params', 'scaling-list=default:hrd=1:vbv-maxrate=500:vbv-bufsize=500:vui-hrd-info=1'],
      { width: 640, height: 360, nominalFps: 25 },
    ],
    ['of 10 bits', '320x180', ['-pix_fmt', 'yuv420p10le'], { width: 320, height: 180 }],
  ])('%s is read from FFmpeg\u2019s, and written as FFmpeg does', (_name, size, options, expected) => {
    const record = foreignRecord(size, options);
    const sets = parseHevcConfiguration(record);
    const config = parseH265Config(sets);
    expect(config).toMatchObject(expected);
    const own = hevcConfiguration(sets);
    // FFmpeg puts x265's own message behind the parameter sets, and states the segmentation it found in the VUI.
    expect(own.subarray(0, 13)).toEqual(record.subarray(0, 13));
    expect(own.subarray(16, 22)).toEqual(record.subarray(16, 22));
    expect(parseHevcConfiguration(own)).toEqual(sets);
    const init = buildInitSegment(config);
    expect(movieConfiguration(init)).toEqual({ kind: 'h265', record: own });
    expect(codecOfInit(init)).toBe(config.codec);
  });

  it('has a codec string as browsers want it', () => {
    const record = foreignRecord('320x180', ['-x265-params', 'bframes=0']);
    expect(parseH265Config(parseHevcConfiguration(record)).codec).toMatch(/^hvc1\.1\.6\.L\d+\.90$/);
  });

  it('refuses what is missing, cut, absurd, or too large, and nothing else throws', () => {
    const sets = parseHevcConfiguration(foreignRecord('320x180', []));
    const refused = (changes: Partial<H265Sets>): void =>
      expect(() => parseH265Config({ ...sets, ...changes })).toThrow(
        expect.objectContaining({ code: 'camera_unsupported' }),
      );
    refused({ vps: [] });
    refused({ sps: [] });
    refused({ pps: [] });
    refused({ vps: sets.sps });
    const [sps] = sets.sps as [Buffer];
    for (let end = 0; end < 20; end++) refused({ sps: [sps.subarray(0, end)] });
    let seed = 11;
    const random = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    for (let i = 0; i < 3000; i++) {
      const mutated = Buffer.from(sps);
      for (let j = random(4); j >= 0; j--) mutated[2 + random(mutated.length - 2)] = random(256);
      try {
        const { width, height } = parseH265Config({ ...sets, sps: [mutated] });
        expect(Math.max(width, height)).toBeLessThanOrEqual(8192);
      } catch (error) {
        expect(error).toMatchObject({ name: 'CameraError' });
      }
    }
    expect(() => parseH265Sps(Buffer.alloc(4))).toThrow('not a sequence parameter set');
  });
});
