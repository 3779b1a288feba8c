import { execFileSync, spawnSync } from 'node:child_process';
import { AdtsError, AdtsSplitter } from './adts-splitter';
import { aacConfig, parseAacConfig, silentFrame } from './sound-format';

/** A frame behind an ADTS header, as a program takes it. */
function adts(frame: Buffer, rateIndex: number, channels: number): Buffer {
  const length = frame.length + 7;
  const head = [0xff, 0xf1, (1 << 6) | (rateIndex << 2), (channels << 6) | (length >> 11), (length >> 3) & 0xff];
  return Buffer.concat([Buffer.from([...head, ((length & 7) << 5) | 0x1f, 0xfc]), frame]);
}

describe('the sound of a file', () => {
  it.each<[string, number, number]>([
    ['1190', 48_000, 2],
    ['1208', 44_100, 1],
    ['1408', 16_000, 1],
    ['1588', 8_000, 1],
  ])('is described by %s', (hex, rate, channels) => {
    const known = aacConfig(rate, channels);
    expect(known.config.toString('hex')).toBe(hex);
    expect(parseAacConfig(known.config)).toEqual(known);
  });

  it.each(['', '14', '2b8a', '1010', '1198', '140c', 'f8e8'])('is not %s', (hex) => {
    expect(parseAacConfig(Buffer.from(hex, 'hex'))).toBeNull();
  });

  it.each([1, 2])('has frames of silence in which a decoder hears nothing, of %i channels', (channels) => {
    const input = Buffer.concat(
      Array.from({ length: 8 }, () => adts(silentFrame(aacConfig(16_000, channels)), 8, channels)),
    );
    const { stdout, stderr } = spawnSync('ffmpeg', ['-v', 'warning', '-f', 'aac', '-i', '-', '-f', 's16le', '-'], {
      input,
    });
    expect(stderr.toString()).toBe('');
    expect(stdout.length).toBe(8 * 1024 * 2 * channels);
    expect(stdout.every((byte) => byte === 0)).toBe(true);
  });

  it('comes out of ADTS frame by frame, however it is cut', () => {
    const source = ['-f', 'lavfi', '-i', 'sine=r=16000:d=1', '-c:a', 'aac', '-f', 'adts', '-'];
    const stream = execFileSync('ffmpeg', ['-v', 'error', ...source]);
    const cut = (size: number): string[] => {
      const frames: string[] = [];
      const splitter = new AdtsSplitter((frame) => frames.push(frame.toString('hex')));
      for (let at = 0; at < stream.length; at += size) splitter.push(stream.subarray(at, at + size));
      return frames;
    };
    const whole = cut(stream.length);
    // The frame before the first sample, and a second of them.
    expect(whole).toHaveLength(17);
    for (const size of [1, 6, 7, 8, 100]) expect(cut(size)).toEqual(whole);
    expect(() => new AdtsSplitter(() => undefined).push(Buffer.alloc(7))).toThrow(AdtsError);
  });
});
