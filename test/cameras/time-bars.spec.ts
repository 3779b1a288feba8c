import { spawnSync } from 'node:child_process';
import { h264Clip, mjpegClip } from './clips';
import { readTimeBars, timeBarBits } from './time-bars';

function decode(file: string, format: string, width: number, height: number): (number | null)[] {
  const args = ['-v', 'error', '-f', format, '-i', file, '-vf', `scale=${width}:${height},format=gray`];
  const { stdout } = spawnSync('ffmpeg', [...args, '-vsync', '0', '-f', 'rawvideo', '-'], { maxBuffer: 2 ** 30 });
  const size = width * height;
  return Array.from({ length: stdout.length / size }, (_, i) =>
    readTimeBars(stdout.subarray(i * size, (i + 1) * size), width, height),
  );
}

describe('time bars', () => {
  const all = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

  it.each([
    [640, 360],
    [352, 198],
  ])('survive H.264 with B-frames, read at %i x %i', async (width, height) => {
    const clip = await h264Clip({ width: 640, height: 360, bframes: 2, seconds: 4, bitrate: 600_000 });
    expect(decode(clip.file, 'h264', width, height)).toEqual(all(100));
    expect(new Set(clip.units.map((unit) => unit.frame))).toEqual(new Set(all(100)));
    expect(clip.units.some((unit) => unit.pts !== unit.dts + 2 * clip.frameTicks)).toBe(true);
    expect(clip.units.every((unit, i) => unit.pts >= unit.dts && unit.dts === i * clip.frameTicks)).toBe(true);
    expect(clip.units.map((unit) => unit.keyframe)).toEqual(all(100).map((i) => i % 25 === 0));
  });

  it('survive JPEG', async () => {
    const clip = await mjpegClip({ width: 640, height: 360, seconds: 4 });
    expect(decode(clip.file, 'mjpeg', 640, 360)).toEqual(all(40));
    expect(
      clip.jpegs.every((jpeg) => jpeg.readUInt16BE(0) === 0xffd8 && jpeg.readUInt16BE(jpeg.length - 2) === 0xffd9),
    ).toBe(true);
  });

  const paint = (frame: number, below = frame): Buffer => {
    const [width, height] = [220, 180];
    const gray = Buffer.alloc(width * height, 90);
    const draw = (from: number, n: number): void =>
      timeBarBits(n).forEach((on, i) => {
        for (let y = from; y < from + 10; y++) gray.fill(on ? 235 : 16, y * width + i * 10, y * width + i * 10 + 10);
      });
    draw(0, frame);
    draw(170, below);
    return gray;
  };

  it.each([0, 1, 0x5555, 0xaaaa, 0xffff])('reads %i', (n) => expect(readTimeBars(paint(n), 220, 180)).toBe(n));

  it('refuses torn, grey and wrong pictures', () => {
    expect(readTimeBars(paint(7, 8), 220, 180)).toBeNull();
    expect(readTimeBars(Buffer.alloc(220 * 180, 128), 220, 180)).toBeNull();
    const flipped = paint(7);
    for (const from of [0, 170]) for (let y = from; y < from + 10; y++) flipped.fill(235, y * 220 + 50, y * 220 + 60);
    expect(readTimeBars(flipped, 220, 180)).toBeNull();
  });
});
