import { execFileSync } from 'node:child_process';
import { copyFileSync, statSync } from 'node:fs';
import { TICKS_PER_SECOND } from '../../media/access-unit';
import { drawAv1Film } from '../../media/av1/av1-film.fixture';
import { drawClip, shift } from '../../media/fmp4/clip.fixture';
import { FilmSample } from '../../media/fmp4/film-sample';
import { readMovieStretch } from '../../media/fmp4/movie-stretch';
import { NodeDisk } from '../../storage/disk';
import { cutFilm } from './cut-film';
import { Finaliser } from './finaliser';
import { fragmentStretch } from './fragment-stretch';
import { listFragments } from './journal-fragments';
import { rebuildIndex } from './rebuild-index';
import { complaints, journalOptions, pictures, record, Room, times, TOOLS } from './recording.fixture';

const SECOND = TICKS_PER_SECOND;
const FRAME = SECOND / 25;

describe.each([0, 2])('a stretch of a film with %d B-frames', (bFrames) => {
  const room = new Room();
  const disk = new NodeDisk();
  const clip = drawClip({ seconds: 8, gop: 50, bFrames });
  const shown = Math.min(...clip.frames.map(({ dts, cts }) => dts + cts));
  const folder = room.at('.recordings', 'a');
  const video = room.at('1', 'a.mp4');
  let whole: string[];

  beforeAll(async () => {
    // Behind five seconds three without pictures.
    const frames = clip.frames.map((frame, i) => (i < 125 ? frame : shift(frame, 3 * SECOND)));
    await disk.makeFolder(folder);
    const { parts, endTicks } = await record(journalOptions(folder), frames, 11 * SECOND);
    expect(parts).toHaveLength(1);
    const sources = parts.map(({ info, index }) => ({ path: info.path, startTicks: info.startTicks, index }));
    copyFileSync(sources[0]!.path, room.at('kept.mp4'));
    await new Finaliser(disk, TOOLS).finalise({ folder, parts: sources, endTicks, target: video });
    whole = pictures(video);
    expect(whole).toHaveLength(200);
  });
  afterAll(() => room.remove());

  interface Stretch {
    readonly ftyp: Buffer;
    readonly picture: Buffer;
    readonly samples: readonly FilmSample[];
  }

  /** Cuts from either file; times in seconds of the film, whose first picture is shown at 0. */
  async function cut(of: 'journal' | 'video', from: number, to: number, exact: boolean) {
    const source = await disk.open(of === 'journal' ? room.at('kept.mp4') : video, 'read');
    const path = room.at(`${of}-${from}-${to}-${exact}.mp4`);
    const target = await disk.open(path, 'create');
    const zero = of === 'journal' ? shown : 0;
    const [begin, end] = [from * SECOND + zero, to * SECOND + zero];
    try {
      const stretch: Stretch =
        of === 'video'
          ? await readMovieStretch(source, statSync(video).size, begin, end)
          : await rebuildIndex(source).then(async ({ init, index }) => ({
              ftyp: init.subarray(0, init.readUInt32BE(0)),
              picture: init,
              samples: await fragmentStretch(source, listFragments(index), begin, end),
            }));
      const made = await cutFilm(source, target, { ...stretch, from: begin, to: end, exact });
      expect(statSync(path).size).toBe(made.bytes);
      return { path, from: (made.from - zero) / SECOND, to: (made.to - zero) / SECOND };
    } finally {
      await source.close();
      await target.close();
    }
  }

  describe.each(['journal', 'video'] as const)('out of the %s', (of) => {
    it('begins with the keyframe before it and ends where it should, picture by picture', async () => {
      const { path, from, to } = await cut(of, 3, 4.6, false);
      expect([from, to]).toEqual([2, 4.6]);
      expect(pictures(path)).toEqual(whole.slice(50, 115));
      expect(complaints(path)).toBe('');
      expect(times(path).seconds).toBeCloseTo(2.6, 2);
    });

    it('begins at the very picture, by an edit list', async () => {
      const { path, from, to } = await cut(of, 3, 4.6, true);
      expect([from, to]).toEqual([3, 4.6]);
      expect(pictures(path)).toEqual(whole.slice(75, 115));
      expect(complaints(path)).toBe('');
    });

    it('keeps a gap as long as it was', async () => {
      const { path, from } = await cut(of, 4.2, 9, false);
      expect(from).toBe(4);
      expect(pictures(path)).toEqual(whole.slice(100, 150));
      const { pts, seconds } = times(path);
      expect(seconds).toBeCloseTo(5, 1);
      const sorted = [...pts].sort((a, b) => a - b);
      expect(Math.max(...sorted.map((at, i) => at - (sorted[i - 1] ?? at)))).toBeCloseTo(3 * SECOND + FRAME, -2);
    });

    it('takes the beginning and the end', async () => {
      expect(pictures((await cut(of, 0, 11, false)).path)).toEqual(whole);
      expect(pictures((await cut(of, 10.5, 11, false)).path)).toEqual(whole.slice(150));
    });
  });

  it('of a camera that is a little faster than players count is free of faults', async () => {
    const source = await disk.open(room.at('kept.mp4'), 'read');
    const path = room.at('faster.mp4');
    const target = await disk.open(path, 'create');
    try {
      const { init, index } = await rebuildIndex(source);
      const samples = await fragmentStretch(source, listFragments(index), shown, 5 * SECOND + shown);
      // From its second second on, when its speed is learned anew; so many pictures are no outage's any more.
      const sooner = (ticks: number): number => (ticks < SECOND ? ticks : SECOND + Math.round((ticks - SECOND) / 1.05));
      const faster = samples.map((sample) => {
        const dts = sooner(sample.dts);
        return { ...sample, dts, cts: sooner(sample.dts + sample.cts) - dts };
      });
      const [ftyp, from] = [init.subarray(0, init.readUInt32BE(0)), shown];
      await cutFilm(source, target, {
        ftyp,
        picture: init,
        samples: faster,
        from,
        to: from + 5 * SECOND,
        exact: false,
      });
    } finally {
      await source.close();
      await target.close();
    }
    expect(complaints(path)).toBe('');
    expect(pictures(path)).toEqual(whole.slice(0, 125));
  });

  it('has nothing to cut where nothing is', async () => {
    await expect(cut('video', 5, 5, true)).rejects.toThrow(RangeError);
  });
});

function drawH265Film(path: string): void {
  const encode = ['-c:v', 'libx265', '-x265-params', 'keyint=25:min-keyint=25:scenecut=0:bframes=2:log-level=none'];
  const input = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=4', '-pix_fmt', 'yuv420p'];
  execFileSync('ffmpeg', ['-v', 'error', ...input, ...encode, '-tag:v', 'hvc1', '-movflags', '+faststart', path]);
}

describe.each<[string, (path: string) => void]>([
  ['H.265', drawH265Film],
  ['AV1', drawAv1Film],
])('a stretch of a film of %s', (_name, draw) => {
  const room = new Room();
  afterAll(() => room.remove());

  it('is cut out of the finished file', async () => {
    const whole = room.at('whole.mp4');
    draw(whole);
    const disk = new NodeDisk();
    const [source, target] = [await disk.open(whole, 'read'), await disk.open(room.at('cut.mp4'), 'create')];
    try {
      const stretch = await readMovieStretch(source, statSync(whole).size, SECOND, 3 * SECOND);
      await cutFilm(source, target, { ...stretch, from: SECOND, to: 3 * SECOND, exact: false });
    } finally {
      await source.close();
      await target.close();
    }
    expect(complaints(room.at('cut.mp4'))).toEqual(complaints(whole));
    expect(pictures(room.at('cut.mp4'))).toEqual(pictures(whole).slice(25, 75));
  });
});
