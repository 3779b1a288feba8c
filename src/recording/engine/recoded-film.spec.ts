import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { compressFilm, likeness } from '../../media/compress-film';
import { CODEC_NAMES, CompressionCodec } from '../../media/compress-args';
import { drawClip } from '../../media/fmp4/clip.fixture';
import { Toolchain } from '../../media/toolchain';
import { NodeDisk } from '../../storage/disk';
import { chapterList } from './chapter-list';
import { ChapterWriter } from './chapter-writer';
import { Finaliser } from './finaliser';
import { NotTheFilmError } from './recoded-film';
import { placeAndCheck } from './recode-gate';
import { complaints, journalOptions, record, Room, TOOLS } from './recording.fixture';

/** Its own times, unlike any rate's: what is shown when, and how long it all lasts. */
function timesOf(path: string): string[] {
  const entries = ['-show_entries', 'packet=pts:stream=nb_frames,duration', '-of', 'csv=p=0', path];
  return execFileSync('ffprobe', ['-v', 'error', ...entries])
    .toString()
    .split('\n')
    .sort();
}

describe('a film that is coded anew', () => {
  const disk = new NodeDisk();
  const tools = new Toolchain('ffmpeg', 'ffprobe', TOOLS.clock, '/');
  const session = 'a';
  // B-frames, and pictures that are nearly noise, so that there is something to be saved.
  const { frames } = drawClip({ seconds: 5, bFrames: 2, crf: 5, gop: 50 });
  let room: Room;
  let original: string;

  beforeAll(async () => {
    room = new Room();
    const folder = room.at('.recordings', 'a');
    await disk.makeFolder(folder);
    // A camera that was away for two seconds and a bit, in the middle of a group of pictures.
    const away = frames
      .filter((_, i) => i < 60 || i >= 100)
      .map((frame, i) => (i < 60 ? frame : { ...frame, dts: frame.dts + 1234 }));
    const { parts, endTicks } = await record(journalOptions(folder), away, 5 * 90_000 + 4321);
    original = room.at('1', 'a.mp4');
    const sources = parts.map(({ info, index }) => ({ path: info.path, startTicks: info.startTicks, index }));
    await new Finaliser(disk, TOOLS).finalise({ folder, parts: sources, endTicks, target: original });
    await new ChapterWriter(disk, TOOLS.clock).write(original, [{ atSeconds: 1, title: 'Point' }]);
  });

  afterAll(() => room.remove());

  async function code(codec: CompressionCodec, from = original): Promise<string> {
    const to = room.at(`${codec}.mp4`);
    const told: number[] = [];
    const signal = new AbortController().signal;
    const film = { codec, crf: 28, from, to, session, durationSeconds: 5, signal, busy: () => false };
    await compressFilm(tools, { ...film, progress: (share) => told.push(share) });
    expect(Math.max(...told)).toBeGreaterThan(0.9);
    return to;
  }

  const place = (coded: string, target: string, from = original) =>
    placeAndCheck(disk, tools, { original: from, coded, target }, new AbortController().signal);

  it.each(['h264', 'h265', 'av1'] as const)(
    'has the same pictures at the same times, in less room: %s',
    async (codec) => {
      const target = room.at(`${codec}-placed.mp4`);
      const film = await place(await code(codec), target);
      expect(film).toMatchObject({
        samples: 85,
        codec: CODEC_NAMES[codec],
        bytes: statSync(target).size,
      });
      expect(film.bytes).toBeLessThan(0.8 * statSync(original).size);
      expect([timesOf(target), complaints(target)]).toEqual([timesOf(original), '']);
      expect(readFileSync(target).includes(chapterList([{ atSeconds: 1, title: 'Point' }]))).toBe(true);
      expect(await likeness(tools, { a: original, b: target, session }, [0.5, 4.5])).toBeGreaterThan(0.8);
      // And then its chapters are changed, twice, in both places of its index.
      for (const title of ['One', 'Two']) {
        expect(await new ChapterWriter(disk, TOOLS.clock).write(target, [{ atSeconds: 2, title }])).toBe('written');
        expect(readFileSync(target).includes(chapterList([{ atSeconds: 2, title }]))).toBe(true);
        expect([timesOf(target), complaints(target)]).toEqual([timesOf(original), '']);
      }
    },
  );

  it('is not one where a picture is missing, or shown at another time, or cannot be read', async () => {
    const other = room.at('other.mp4');
    for (const filter of ["select='not(eq(n,20))'", "setpts='PTS+if(eq(N,20),50,0)'"]) {
      const times = ['-vf', filter, '-fps_mode', 'passthrough', '-enc_time_base', '1:90000'];
      const coder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-video_track_timescale', '90000'];
      execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', original, ...times, ...coder, other]);
      await expect(place(other, room.at(`${filter.length}.mp4`))).rejects.toThrow(NotTheFilmError);
    }
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', original, '-c', 'copy', other]);
    const bytes = readFileSync(other);
    bytes.fill(0x55, bytes.indexOf('mdat') + 200, bytes.indexOf('mdat') + 40_000);
    writeFileSync(other, bytes);
    await expect(place(other, room.at('damaged.mp4'))).rejects.toThrow(NotTheFilmError);
  });
});
