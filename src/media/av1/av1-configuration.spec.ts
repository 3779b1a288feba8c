import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bufferSource } from '../fmp4/box-reader';
import { codecOfInit, movieConfiguration } from '../fmp4/codec-of-init';
import { readMovieStretch } from '../fmp4/movie-stretch';
import { BitstreamError, removeEmulationPrevention } from '../h264/bit-reader';
import { BitWriter } from '../h264/bit-writer.fixture';
import { av1Codec, parseAv1Configuration } from './av1-configuration';
import { drawAv1Film } from './av1-film.fixture';

/** A sequence header behind the record's first four bytes. */
function recordOf(header: BitWriter): Buffer {
  // Nothing is put in between against start codes, as in NAL units.
  const payload = removeEmulationPrevention(header.nal());
  return Buffer.concat([Buffer.from([0x81, 0x04, 0x0c, 0, 0x0a, payload.length]), payload]);
}

/** Profile, no still picture, not reduced. */
const begun = (): BitWriter => new BitWriter().u(3, 0).u(1, 0).u(1, 0);
/** One operating point of level 4.0, and a picture of 1920 by 1080 in eleven bits each. */
const ended = (writer: BitWriter): BitWriter =>
  writer.u(5, 0).u(12, 0).u(5, 8).u(1, 0).u(4, 10).u(4, 10).u(11, 1919).u(11, 1079);

describe('the configuration of an AV1 film', () => {
  // Profile and level, then tier and depth; the last is the example of the binding's §5 up to its colours.
  it.each([
    [0x08, 0x0c, 'av01.0.08M.08'],
    [0x0d, 0x8c, 'av01.0.13H.08'],
    [0x40, 0x68, 'av01.2.00M.12'],
    [0x40, 0x48, 'av01.2.00M.10'],
    [0x04, 0x4c, 'av01.0.04M.10'],
  ])('has a codec string, of the bytes %d and %d: %s', (first, second, codec) => {
    expect(av1Codec(Buffer.from([0x81, first, second, 0]))).toBe(codec);
  });

  it('is found in a film that FFmpeg wrote, and read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'padelvar-av1-'));
    try {
      const film = join(folder, 'film.mp4');
      drawAv1Film(film, { seconds: 0.4, size: '640x360' });
      const bytes = readFileSync(film);
      const { picture } = await readMovieStretch(bufferSource(bytes), bytes.length, 0, 90_000);
      expect(codecOfInit(picture)).toMatch(/^av01\.0\.\d\dM\.08$/);
      const { kind, record } = movieConfiguration(picture);
      expect(kind).toBe('av1');
      expect(parseAv1Configuration(record)).toMatchObject({ width: 640, height: 360, nominalFps: null });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('says how many pictures there are a second, whatever else is said', () => {
    const timed = begun().u(1, 1).u(32, 1).u(32, 50);
    const plain = parseAv1Configuration(recordOf(ended(timed.u(1, 1).ue(1).u(1, 0).u(1, 0))));
    expect(plain).toMatchObject({ width: 1920, height: 1080, nominalFps: 25 });
    // A model of the decoder, and delays of both kinds.
    const model = begun().u(1, 1).u(32, 1001).u(32, 30_000).u(1, 0).u(1, 1).u(5, 9).u(32, 1).u(5, 9).u(5, 9).u(1, 1);
    const point = model.u(5, 0).u(12, 0).u(5, 8).u(1, 0).u(1, 1).u(10, 1).u(10, 1).u(1, 0).u(1, 1).u(4, 3);
    const full = parseAv1Configuration(recordOf(point.u(4, 10).u(4, 10).u(11, 1919).u(11, 1079)));
    expect([full.width, full.height]).toEqual([1920, 1080]);
    expect(full.nominalFps).toBeCloseTo(29.97, 2);
    const reduced = new BitWriter().u(3, 0).u(1, 1).u(1, 1).u(5, 8).u(4, 10).u(4, 10).u(11, 639).u(11, 359);
    expect(parseAv1Configuration(recordOf(reduced))).toMatchObject({ width: 640, height: 360, nominalFps: null });
  });

  it('is not one without a whole sequence header', () => {
    const whole = recordOf(ended(begun().u(1, 0).u(1, 0)));
    expect(parseAv1Configuration(whole).width).toBe(1920);
    const changed = (at: number, value: number): Buffer => {
      const record = Buffer.from(whole);
      record[at] = value;
      return record;
    };
    const broken = [
      ...[whole.subarray(0, 4), whole.subarray(0, -1), whole.subarray(0, 8)],
      // Another version, another OBU, one without a size, sizes that end nowhere.
      ...[changed(0, 0x82), changed(4, 0x32), changed(4, 0x08), changed(5, 0xff), changed(5, 3)],
    ];
    for (const record of broken) expect(() => parseAv1Configuration(record)).toThrow(BitstreamError);
  });
});
