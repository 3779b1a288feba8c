import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../common/clock';
import { drawAv1Film } from '../av1/av1-film.fixture';
import { readJpegSize } from '../jpeg';
import { makeSnapshot } from '../snapshot';
import { bufferSource, ByteSource } from './box-reader';
import { box, fullBox, u32, u64 } from './box-writer';
import { ClipOptions, drawFilm } from './clip.fixture';
import { boxesIn, findBox, FragmentError } from './fragment-boxes';
import { readMovieKeyframes } from './movie-keyframes';

interface Packet {
  readonly dts: number;
  readonly size: number;
  readonly pos: number;
}

describe('readMovieKeyframes', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'padelvar-movie-'));
    file = join(folder, 'film.mp4');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  /** As ffprobe finds them. */
  function keyframesOf(path: string): Packet[] {
    const fields = ['-v', 'error', '-show_entries', 'packet=dts,size,pos,flags', '-of', 'json', path];
    const { packets } = JSON.parse(execFileSync('ffprobe', fields).toString()) as {
      packets: { dts: number; size: string; pos: string; flags: string }[];
    };
    const zero = packets[0]?.dts ?? 0;
    return packets
      .filter(({ flags }) => flags.startsWith('K'))
      .map(({ dts, size, pos }) => ({ dts: dts - zero, size: Number(size), pos: Number(pos) }));
  }

  it.each<[string, ClipOptions, string]>([
    ['with its header first', {}, '+faststart'],
    ['with its header last', {}, '0'],
    ['with pictures out of order', { bFrames: 2, gop: 12 }, '+faststart'],
    ['of keyframes alone', { gop: 1, seconds: 1 }, '+faststart'],
  ])('finds those that ffprobe finds in a film %s', async (_name, options, flags) => {
    drawFilm(file, { seconds: 2, ...options }, flags);
    const bytes = readFileSync(file);
    const found = await readMovieKeyframes(bufferSource(bytes), bytes.length);
    const expected = keyframesOf(file);
    expect(found.seconds).toEqual(expected.map(({ dts }) => dts / 90_000));
    expect(found.durationSeconds).toBeCloseTo(options.seconds ?? 2, 3);
    for (const [index, { pos, size }] of expected.entries()) {
      const stream = await found.read(index);
      expect(stream.subarray(-size).equals(bytes.subarray(pos, pos + size))).toBe(true);
    }
  });

  it('gives what a decoder of single pictures takes', async () => {
    drawFilm(file, { seconds: 2, size: '1280x720' });
    const bytes = readFileSync(file);
    const { read } = await readMovieKeyframes(bufferSource(bytes), bytes.length);
    const ffmpeg = { path: 'ffmpeg', instance: 'spec', clock: new SystemClock() };
    expect(readJpegSize(await makeSnapshot(await read(1), { ffmpeg, session: 's' }))).toEqual({
      width: 640,
      height: 360,
    });
  });

  it('gives what a decoder of single pictures takes of a film of AV1, but of no picture that nobody should decode', async () => {
    drawAv1Film(file, { seconds: 2, size: '1280x720' });
    const bytes = readFileSync(file);
    const { seconds, read } = await readMovieKeyframes(bufferSource(bytes), bytes.length);
    expect(seconds).toEqual(keyframesOf(file).map(({ dts }) => dts / 90_000));
    const ffmpeg = { path: 'ffmpeg', instance: 'spec', clock: new SystemClock() };
    const picture = await makeSnapshot(await read(1), { ffmpeg, session: 's' });
    expect(readJpegSize(picture)).toEqual({ width: 640, height: 360 });
    // From the level on ones: sixteen bits for either side, and all of them.
    const header = bytes.indexOf('av1C') + 4 + 4 + 2;
    bytes.fill(0xff, header + 3, header + 8);
    await expect(readMovieKeyframes(bufferSource(bytes), bytes.length)).rejects.toThrow('pictures too large');
  });

  /** The film's `moov` with tables of our own: ten samples of 100 bytes but the second, in chunks of 3, 3, 2, 2. */
  function moovWith(film: Buffer, tables: Record<string, Buffer>): Buffer {
    const moov = findBox(film, ['moov']) as Buffer;
    const rebuild = (body: Buffer): Buffer[] =>
      [...boxesIn(body)].flatMap(({ type, body: inner }) => {
        if (['trak', 'mdia', 'minf'].includes(type)) return [box(type, ...rebuild(inner))];
        if (type !== 'stbl') return [box(type, inner)];
        const stsd = box('stsd', findBox(inner, ['stsd']) as Buffer);
        return [box('stbl', stsd, ...Object.values(tables))];
      });
    return box('moov', ...rebuild(moov));
  }

  const FAR = 5 * 2 ** 30;
  const sizes = [100, 7, ...new Array<number>(8).fill(100)];
  const TABLES = {
    stts: fullBox('stts', 0, 0, u32(2, 4, 3_600, 6, 9_000)),
    stss: fullBox('stss', 0, 0, u32(3, 1, 5, 10)),
    stsc: fullBox('stsc', 0, 0, u32(2, 1, 3, 1, 3, 2, 1)),
    stsz: fullBox('stsz', 0, 0, u32(0, 10, ...sizes)),
    co64: fullBox('co64', 0, 0, u32(4), u64(1_000), u64(2_000), u64(FAR), u64(FAR + 1_000)),
  };

  /** A long file of nothing but its header at 0, where each byte says where it lies. */
  function farFile(head: Buffer): { source: ByteSource; bytes: number } {
    const source: ByteSource = {
      read: (target, position) => {
        if (position < head.length) return bufferSource(head).read(target, position);
        for (let i = 0; i < target.length; i++) target[i] = (position + i) % 251;
        return Promise.resolve(target.length);
      },
    };
    return { source, bytes: FAR + 10_000 };
  }

  async function readWith(tables: Record<string, Buffer>) {
    drawFilm(file, { seconds: 0.2 });
    const { source, bytes } = farFile(moovWith(readFileSync(file), tables));
    return readMovieKeyframes(source, bytes);
  }

  it('finds chunks of several samples, also beyond 4 GiB', async () => {
    const { seconds, durationSeconds, read } = await readWith(TABLES);
    expect(seconds).toEqual([0, 0.16, 0.66]);
    expect(durationSeconds).toBeCloseTo(0.76, 6);
    const begins = async (index: number): Promise<number> => (await read(index)).at(-100) as number;
    // The fifth is the second of the second chunk; the tenth the last of the last.
    expect(await begins(1)).toBe(2_100 % 251);
    expect(await begins(2)).toBe((FAR + 1_100) % 251);
  });

  it.each<[string, Record<string, Buffer>]>([
    ['no times', { stts: fullBox('stts', 0, 0, u32(0)) }],
    ['fewer times than samples', { stts: fullBox('stts', 0, 0, u32(1, 4, 3_600)) }],
    ['a table shorter than it says', { stts: fullBox('stts', 0, 0, u32(900, 4, 3_600)) }],
    ['no keyframe', { stss: fullBox('stss', 0, 0, u32(0)) }],
    ['a keyframe that is no sample', { stss: fullBox('stss', 0, 0, u32(1, 11)) }],
    ['keyframes out of order', { stss: fullBox('stss', 0, 0, u32(2, 5, 5)) }],
    ['a keyframe numbered zero', { stss: fullBox('stss', 0, 0, u32(1, 0)) }],
    ['more keyframes than samples', { stss: fullBox('stss', 0, 0, u32(4_000_000_000)) }],
    ['samples beyond number', { stsz: fullBox('stsz', 0, 0, u32(7, 4_000_000_000)) }],
  ])('refuses %s', async (_name, change) => {
    await expect(readWith({ ...TABLES, ...change })).rejects.toThrow(FragmentError);
  });

  it.each<[string, Record<string, Buffer>]>([
    ['in no chunk', { stsc: fullBox('stsc', 0, 0, u32(1, 1, 1, 1)) }],
    ['in chunks out of order', { stsc: fullBox('stsc', 0, 0, u32(2, 3, 3, 1, 1, 2, 1)) }],
    ['in chunks without samples', { stsc: fullBox('stsc', 0, 0, u32(1, 1, 0, 1)) }],
    ['beyond the end of the file', { co64: fullBox('co64', 0, 0, u32(4), u64(1), u64(2), u64(FAR), u64(2 ** 52)) }],
    ['of no bytes', { stsz: fullBox('stsz', 0, 0, u32(0, 10, ...sizes.slice(0, 9), 0)) }],
    [
      'of more bytes than a picture has',
      { stsz: fullBox('stsz', 0, 0, u32(0, 10, ...sizes.slice(0, 9), 9 * 2 ** 20)) },
    ],
  ])('refuses a keyframe %s', async (_name, change) => {
    const { seconds, read } = await readWith({ ...TABLES, ...change });
    await expect(read(seconds.length - 1)).rejects.toThrow(FragmentError);
  });

  it('refuses what is no film, or is cut off anywhere in its header', async () => {
    drawFilm(file, { seconds: 0.2 });
    const film = readFileSync(file);
    const { end } = [...boxesIn(film)].reduce(
      (at, { type, body }) => (at.found ? at : { found: type === 'moov', end: at.end + 8 + body.length }),
      { found: false, end: 0 },
    );
    for (let length = 0; length < end; length += 11) {
      await expect(readMovieKeyframes(bufferSource(film.subarray(0, length)), length)).rejects.toThrow(FragmentError);
    }
    await expect(readMovieKeyframes(bufferSource(Buffer.alloc(5_000, 7)), 5_000)).rejects.toThrow(FragmentError);
  });

  it('keeps to its own errors whatever byte of the header is another one', async () => {
    drawFilm(file, { seconds: 0.2 });
    const film = readFileSync(file);
    const from = film.indexOf('moov', 0, 'latin1');
    const to = film.indexOf('mdat', 0, 'latin1');
    for (let at = from; at < to; at++) {
      const bent = Buffer.from(film);
      bent[at] = (bent[at] as number) ^ 0xff;
      try {
        const { seconds, read } = await readMovieKeyframes(bufferSource(bent), bent.length);
        await read(seconds.length - 1);
      } catch (error) {
        if (!(error instanceof FragmentError)) throw new Error(`byte ${at}`, { cause: error });
      }
    }
  });
});
