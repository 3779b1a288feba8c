import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { H264Frame } from '../../media/access-unit';
import { Clip, drawClip, shift } from '../../media/fmp4/clip.fixture';
import { bufferSource } from '../../media/fmp4/box-reader';
import { readMovieKeyframes } from '../../media/fmp4/movie-keyframes';
import { readMovieStretch } from '../../media/fmp4/movie-stretch';
import { AacConfig, aacConfig } from '../../media/sound/sound-format';
import { beepsOf, drawBeeps } from '../../media/sound/sound.fixture';
import { DiskFile, NodeDisk } from '../../storage/disk';
import { FilmCut, cutFilm } from './cut-film';
import { Finaliser } from './finaliser';
import { fragmentStretch } from './fragment-stretch';
import { Journal, JournalResult } from './journal';
import { listFragments } from './journal-fragments';
import { partPath } from './journal-part';
import { rebuildIndex } from './rebuild-index';
import { reopenJournal } from './reopen';
import { Room, TOOLS, complaints, journalOptions, pictures } from './recording.fixture';

const SECOND = 90_000;
const STEP = 3_600;
const RATE = 16_000;
const SOUND = aacConfig(RATE, 1);
/** Session time at which the recordings begin: not at nought. */
const ZERO = 700_000;

describe('a recording with sound', () => {
  let clip: Clip;
  let beeps: Buffer[];
  let room: Room;
  let folder: string;
  const disk = new NodeDisk();

  beforeAll(() => {
    clip = drawClip({ seconds: 4, gop: 25, bFrames: 2, size: '160x90' });
    beeps = drawBeeps(4);
  });
  beforeEach(() => {
    room = new Room();
    mkdirSync((folder = room.at('journal')));
  });
  afterEach(() => room.remove());

  /** When a frame of the clip's sound was heard: the first beep with the first picture shown. */
  const heardAt = (frame: number): number => clip.frames[0]!.cts + (frame * 1024 * SECOND) / RATE;

  /** Pictures and sound in the order in which they come. */
  function play(
    journal: Journal,
    { pictures: shown = clip.frames, from = 0, to = Infinity, zero = ZERO }: Playing = {},
  ): void {
    let next = 0;
    const speak = (until: number): void => {
      for (; next < beeps.length && heardAt(next) < until; next++) {
        const ticks = heardAt(next);
        if (ticks >= from && ticks < to) journal.appendSound({ data: beeps[next]!, ticks: zero + ticks }, SOUND);
      }
    };
    for (const frame of shown) {
      speak(frame.dts);
      journal.append(shift(frame, zero));
    }
    speak(Infinity);
  }

  interface Playing {
    readonly pictures?: readonly H264Frame[];
    /** Ticks of the recording between which there is sound. */
    readonly from?: number;
    readonly to?: number;
    readonly zero?: number;
  }

  const start = (sound: AacConfig | null = SOUND): Journal => Journal.start({ ...journalOptions(folder, disk), sound });

  async function finished({
    parts,
    endTicks,
  }: Pick<JournalResult, 'parts' | 'endTicks'>): Promise<{ path: string; way: string }> {
    const sources = parts.map(({ info, index }) => ({ path: info.path, startTicks: info.startTicks, index }));
    const target = room.at('film.mp4');
    const { way } = await new Finaliser(disk, TOOLS).finalise({
      folder,
      parts: sources,
      endTicks,
      target,
    });
    return { path: target, way };
  }

  async function rebuilt(path: string): ReturnType<typeof rebuildIndex> {
    const file = await disk.open(path, 'read');
    return rebuildIndex(file).finally(() => file.close());
  }

  /** All beeps at their seconds, to 10 ms; of the very first one the encoder's frame before is missing, which softens it. */
  function expectBeeps(path: string, seconds: readonly number[], tolerance = 0.01): void {
    const found = beepsOf(path).filter((begin) => begin > 0.5);
    expect(found).toHaveLength(seconds.length);
    seconds.forEach((second, i) => expect(Math.abs((found[i] as number) - second)).toBeLessThan(tolerance));
    expect(complaints(path)).toBe('');
  }

  it('is a film with one track of sound, where each sound is heard with its picture', async () => {
    const journal = start();
    play(journal);
    const result = await journal.close(ZERO + 4 * SECOND);
    const { sound } = result.parts[0]!.index;
    const { path, way } = await finished(result);
    expect(way).toBe('in_place');
    expect(pictures(path)).toHaveLength(100);
    expect(streamsOf(path)).toEqual(['h264', 'aac']);
    expectBeeps(path, [1, 2, 3]);
    // What lies before the first sound is silence, so that every frame has its number.
    expect(sound.start).toBeLessThan(1024);
  });

  it('without sound is what it always was, to the byte', async () => {
    const journal = Journal.start(journalOptions(folder, disk));
    play(journal);
    const { parts } = await journal.close(ZERO + 4 * SECOND);
    expect(journal.hasSound).toBe(false);
    expect(parts[0]!.index.sound.frameCount).toBe(0);
    expect(readFileSync(parts[0]!.info.path).includes('soun')).toBe(false);
  });

  it.each<[string, Playing, number[]]>([
    ['is missing for a while', { to: 1.5 * SECOND }, [1]],
    ['comes late', { from: 1.5 * SECOND }, [2, 3]],
  ])('where sound %s there is silence, and no shift', async (_name, playing, seconds) => {
    const journal = start();
    play(journal, playing);
    if (playing.to !== undefined) journal.appendSound({ data: beeps[60]!, ticks: ZERO + heardAt(60) }, SOUND);
    const { path } = await finished(await journal.close(ZERO + 4 * SECOND));
    expectBeeps(path, seconds);
  });

  it('ignores sound of another kind, and what was heard before the first picture', async () => {
    const journal = start();
    journal.appendSound({ data: beeps[0]!, ticks: ZERO - 5_000 }, SOUND);
    journal.append(shift(clip.frames[0]!, ZERO));
    journal.appendSound({ data: beeps[0]!, ticks: ZERO - 5_000 }, SOUND);
    journal.appendSound({ data: beeps[0]!, ticks: ZERO + 5_000 }, aacConfig(48_000, 2));
    const { parts } = await journal.close(ZERO + STEP);
    expect(parts[0]!.index.sound.frameCount).toBe(0);
  });

  it('cut at any byte, is whole up to the last whole fragment; its index is the one it had', async () => {
    const journal = start();
    play(journal);
    const { parts } = await journal.close(ZERO + 4 * SECOND);
    const { info, index } = parts[0]!;
    expect(JSON.stringify((await rebuilt(info.path)).index)).toBe(JSON.stringify(index));
    const whole = readFileSync(info.path);
    const ends = Array.from({ length: index.fragmentCount }, (_, f) => index.fragment(f));
    const cut = room.at('cut.mp4');
    for (let at = ends[0]!.offset; at < whole.length; at++) {
      const near = ends.some(
        ({ offset, dataOffset }) => (at >= offset - 3 && at <= offset + 130) || Math.abs(at - dataOffset) < 3,
      );
      if (!near && at % 997 !== 0) continue;
      writeFileSync(cut, whole.subarray(0, at));
      const found = (await rebuilt(cut)).index;
      const expected = ends.filter(({ end }) => end <= at);
      const end = expected.at(-1)?.end ?? ends[0]!.offset;
      if (found.fragmentCount !== expected.length || found.endOffset !== end) {
        expect([at, found.fragmentCount, found.endOffset]).toEqual([at, expected.length, end]);
      }
    }
    // After a power cut what was not synced may read as zeros under a header that was.
    const last = ends.at(-1)!;
    const torn = Buffer.from(whole);
    const { offset, firstFrame } = index.sound.chunk(index.sound.chunkCount - 1);
    torn.fill(0, offset, offset + index.sound.size(firstFrame));
    writeFileSync(cut, torn);
    expect((await rebuilt(cut)).index.endOffset).toBe(last.offset);
  });

  it('goes on after a kill, in step', async () => {
    const journal = start();
    play(journal, { pictures: clip.frames.slice(0, 60), to: 2.4 * SECOND });
    await journal.suspend();
    truncateSync(partPath(folder, 1), readFileSync(partPath(folder, 1)).length - 10);
    const reopened = await reopenJournal(disk, folder, [1], new Map());
    const again = await Journal.resume({ ...journalOptions(folder, disk), sound: SOUND }, {}, reopened.parts);
    const down = 90 * STEP;
    play(again, { zero: ZERO + down });
    const result = await again.close(ZERO + down + 4 * SECOND);
    expect(result.parts).toHaveLength(1);
    const { path, way } = await finished(result);
    expect(way).toBe('in_place');
    // The frames' places are those of before: half a frame off at the most.
    expectBeeps(path, [1, 3.6, 4.6, 5.6, 6.6], 0.033);
  });

  it('is cut by its pictures, while it grows and when it is finished', async () => {
    const journal = start();
    play(journal);
    const result = await journal.close(ZERO + 4 * SECOND);
    const { info, index } = result.parts[0]!;
    const target = room.at('cut.mp4');
    const range = { from: SECOND, to: 2 * SECOND, exact: false };
    const cut = async (
      path: string,
      of: (file: DiskFile) => Promise<Pick<FilmCut, 'ftyp' | 'picture' | 'samples'>>,
    ) => {
      const [source, made] = await Promise.all([disk.open(path, 'read'), disk.open(target, 'create')]);
      await cutFilm(source, made, { ...(await of(source)), ...range }).finally(() => source.close());
      await made.close();
      const found = [streamsOf(target), pictures(target).length, complaints(target)];
      rmSync(target);
      return found;
    };
    const growing = await cut(info.path, async (file) => ({
      ftyp: info.init.subarray(0, info.init.readUInt32BE(0)),
      picture: info.init,
      samples: await fragmentStretch(file, listFragments(index), range.from, range.to),
    }));
    const { path } = await finished(result);
    const bytes = readFileSync(path).length;
    const later = await cut(path, (file) => readMovieStretch(file, bytes, range.from, range.to));
    expect([growing, later]).toEqual([
      [['h264'], expect.any(Number), ''],
      [['h264'], 25, ''],
    ]);
    expect((await readMovieKeyframes(bufferSource(readFileSync(path)), bytes)).seconds).toHaveLength(4);
  });

  it('is put together of several parts with its sound', async () => {
    const other = drawClip({ seconds: 4, gop: 25, bFrames: 2, size: '128x96' });
    const journal = start();
    play(journal, { pictures: clip.frames, to: 4 * SECOND });
    const later = 5 * SECOND;
    play(journal, { pictures: other.frames, zero: ZERO + later });
    const result = await journal.close(ZERO + later + 4 * SECOND);
    expect(result.parts).toHaveLength(2);
    const { path, way } = await finished(result);
    expect(way).toBe('remuxed');
    expect(streamsOf(path)).toEqual(['h264', 'aac']);
    expectBeeps(path, [1, 2, 3, 5, 6, 7, 8], 0.033);
  });

  it('with a reserve too small for its tables is copied with its sound', async () => {
    const journal = start();
    play(journal);
    const { parts, endTicks } = await journal.close(ZERO + 4 * SECOND);
    const { info } = parts[0]!;
    // The same part behind a small reserve.
    const bytes = readFileSync(info.path);
    const small = Buffer.alloc(600);
    bytes.copy(small, 0, info.init.length, info.init.length + 60);
    small.writeUInt32BE(small.length, 0);
    const media = bytes.subarray(info.init.length + info.reserveBytes);
    writeFileSync(info.path, Buffer.concat([info.init, small, media]));
    const { index } = await rebuilt(info.path);
    const { path, way } = await finished({ parts: [{ info: { ...info, reserveBytes: 600 }, index }], endTicks });
    expect(way).toBe('remuxed');
    expect(streamsOf(path)).toEqual(['h264', 'aac']);
    expectBeeps(path, [1, 2, 3]);
  });
});

function streamsOf(path: string): string[] {
  const args = ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', path];
  return execFileSync('ffprobe', args).toString().trim().split('\n');
}
