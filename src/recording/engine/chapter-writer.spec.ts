import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { BoxReader, bufferSource } from '../../media/fmp4/box-reader';
import { drawClip } from '../../media/fmp4/clip.fixture';
import { BrokenDisk, errno } from '../../storage/broken-disk.fixture';
import { DiskFile, NodeDisk, OpenMode } from '../../storage/disk';
import { Chapter } from './chapter-list';
import { ChapterWriter } from './chapter-writer';
import { Finaliser } from './finaliser';
import { JournalPart, partPath } from './journal-part';
import { complaints, journalOptions, pictures, record, Room, TOOLS } from './recording.fixture';

const SOME: Chapter[] = [
  { atSeconds: 0.5, title: 'Highlight: Bajada' },
  { atSeconds: 2, title: 'Échange' },
];
const OTHERS: Chapter[] = [{ atSeconds: 1.25, title: 'Fault' }];

/** A file's chapters by ffprobe. */
function chaptersOf(path: string): Chapter[] {
  const args = ['-v', 'error', '-show_chapters', '-of', 'json', path];
  const { chapters } = JSON.parse(execFileSync('ffprobe', args).toString()) as {
    chapters: { start_time: string; tags: { title: string } }[];
  };
  return chapters.map(({ start_time: at, tags }) => ({ atSeconds: Number(at), title: tags.title }));
}

describe('ChapterWriter', () => {
  const disk = new NodeDisk();
  const clip = drawClip({ seconds: 3 });
  let room: Room;
  let path: string;
  let shown: string[];
  const writer = new ChapterWriter(disk, TOOLS.clock);

  beforeEach(async () => {
    room = new Room();
    const folder = room.at('.recordings', 'a');
    await disk.makeFolder(folder);
    const { parts, endTicks } = await record(journalOptions(folder), clip.frames, 3 * 90_000);
    path = room.at('1', 'a.mp4');
    const sources = parts.map(({ info, index }) => ({ path: info.path, startTicks: info.startTicks, index }));
    await new Finaliser(disk, TOOLS).finalise({ folder, parts: sources, endTicks, target: path });
    shown = pictures(path);
  });

  afterEach(() => room.remove());

  it('gives a finished file chapters, others, and none again, and touches no picture', async () => {
    const { size, ino } = statSync(path);
    for (const chapters of [SOME, OTHERS, [], SOME]) {
      expect(await writer.write(path, chapters)).toBe('written');
      expect(chaptersOf(path)).toEqual(chapters);
      expect([pictures(path), complaints(path)]).toEqual([shown, '']);
    }
    expect(statSync(path)).toMatchObject({ size, ino });
    const bytes = readFileSync(path);
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.lastIndexOf('mdat'));
  });

  it('leaves the old beginning good: at whatever byte the file becomes another one, what was read plays', async () => {
    const films = [readFileSync(path)];
    for (const chapters of [SOME, OTHERS]) {
      await writer.write(path, chapters);
      films.push(readFileSync(path));
    }
    for (const [i, after] of films.slice(1).entries()) {
      const before = films[i]!;
      const differ = [...before.keys()].filter((at) => before[at] !== after[at]);
      const [first, last] = [differ[0]!, differ.at(-1)!];
      // Behind the size in the first box, at both ends of what changed, and in the middle of it.
      for (const cut of [first + 8, Math.floor((first + last) / 2), last]) {
        const mixed = room.at(`mixed-${i}-${cut}.mp4`);
        writeFileSync(mixed, Buffer.concat([before.subarray(0, cut), after.subarray(cut)]));
        expect([i, cut, pictures(mixed), complaints(mixed)]).toEqual([i, cut, shown, '']);
        expect(chaptersOf(mixed)).toEqual(chaptersOf(write(room.at('before.mp4'), before)));
      }
    }
  });

  it.each([
    ['at the front', 0],
    ['at the back', 1],
  ])('dies at any step and leaves the one file or the other, and does it at the next start: %s', async (_, turns) => {
    for (let i = 0; i < turns; i++) await writer.write(path, OTHERS);
    const old = chaptersOf(path);
    for (let step = 1; ; step++) {
      let calls = 0;
      const dying = new BrokenDisk(({ bytes }) => {
        calls++;
        // Eight bytes of one sector are written whole or not at all.
        if (calls === step && bytes && bytes > 8) return { short: Math.floor(bytes / 2) };
        if (calls >= step) throw errno('EIO');
      });
      const copy = write(room.at(`s${step}.mp4`), readFileSync(path));
      await new ChapterWriter(dying, TOOLS.clock).write(copy, SOME).catch(() => undefined);
      expect([old, SOME]).toContainEqual(chaptersOf(copy));
      expect(pictures(copy)).toEqual(shown);
      expect(await writer.write(copy, SOME)).toBe('written');
      expect([chaptersOf(copy), pictures(copy)]).toEqual([SOME, shown]);
      if (calls < step) {
        expect(step).toBe(6);
        return;
      }
    }
  });

  it('makes all durable before the flip, and the flip before it says so', async () => {
    const calls: string[] = [];
    const watched = new BrokenDisk(({ name, bytes }) => void calls.push(bytes === 8 ? 'flip' : name));
    await new ChapterWriter(watched, TOOLS.clock).write(path, SOME);
    expect(calls).toEqual(['datasync', 'write', 'datasync', 'flip', 'datasync']);
  });

  it.each([
    ['at the front', 0],
    ['at the back', 1],
  ])('survives a power cut after a process that died before its flip was durable: %s', async (_, turns) => {
    for (let i = 0; i < turns; i++) await writer.write(path, SOME);
    let onDisk = readFileSync(path);
    let unsynced: { position: number; bytes: number }[] = [];
    let calls = 0;
    let looked = 0;
    // The disk may have any of what was not synced, and of the longer writes a part.
    const look = async (): Promise<void> => {
      const kernel = readFileSync(path);
      for (let chosen = 0; chosen < 4 ** unsynced.length; chosen++) {
        const disk = Buffer.from(onDisk);
        for (const [i, { position, bytes }] of unsynced.entries()) {
          const [from, to] = halves(bytes)[Math.floor(chosen / 4 ** i) % 4]!;
          kernel.copy(disk, position + from, position + from, position + to);
        }
        expect([calls, chosen, await boxesOf(disk)]).toEqual([calls, chosen, WHOLE]);
        looked++;
      }
    };
    const watched = (last: number): BrokenDisk =>
      new BrokenDisk(async ({ name, bytes = 0, position = 0 }) => {
        calls++;
        await look();
        if (calls === last) throw errno('EIO');
        if (name === 'write') unsynced.push({ position, bytes });
        else [onDisk, unsynced] = [readFileSync(path), []];
      });
    // It dies after the flip; the kernel has it, the disk does not yet.
    await expect(new ChapterWriter(watched(5), TOOLS.clock).write(path, OTHERS)).rejects.toThrow();
    expect([unsynced.map(({ bytes }) => bytes), chaptersOf(path)]).toEqual([[8], OTHERS]);
    await new ChapterWriter(watched(0), TOOLS.clock).write(path, [...SOME, { atSeconds: 2.5, title: 'Point' }]);
    expect([calls, looked > 20, pictures(path)]).toEqual([10, true, shown]);
  });

  it('has another time with every change, so that its ETag is another one', async () => {
    const seen = new Set([statSync(path).mtime.getTime()]);
    const hasty = new HastyDisk();
    for (let i = 1; i <= 5; i++) {
      await new ChapterWriter(hasty, TOOLS.clock).write(path, SOME);
      seen.add(statSync(path).mtime.getTime());
      expect(seen.size).toBe(i + 1);
    }
  });

  it('writes nothing into a file that was not finished in place, or that is none', async () => {
    const folder = room.at('.recordings', 'b');
    await disk.makeFolder(folder);
    const small = await JournalPart.create(disk, folder, 1, clip.config, 0, 600);
    await small.write(clip.frames, 75 * 3600);
    await small.close();
    const target = room.at('1', 'b.mp4');
    const job = { folder, parts: [{ path: partPath(folder, 1), startTicks: 0 }], endTicks: 75 * 3600, target };
    expect(await new Finaliser(disk, TOOLS).finalise(job)).toMatchObject({ way: 'remuxed' });
    const whole = readFileSync(path);
    const files = [
      target,
      write(room.at('none.mp4'), Buffer.from('not a film at all, only words')),
      write(room.at('empty.mp4'), Buffer.alloc(0)),
      ...[40, 1000, 5000].map((bytes) => write(room.at(`cut-${bytes}.mp4`), whole.subarray(0, bytes))),
    ];
    for (const file of files) {
      const before = readFileSync(file);
      expect([file, await writer.write(file, SOME)]).toEqual([file, 'unsupported']);
      expect(readFileSync(file).equals(before)).toBe(true);
    }
  });

  it('leaves the chapters as they are where the reserve has no room for others', async () => {
    const folder = room.at('.recordings', 'b');
    await disk.makeFolder(folder);
    // The least reserve there is: some chapters fit, 255 long ones do not.
    const options = { ...journalOptions(folder), plannedSeconds: 1 };
    const { parts, endTicks } = await record(options, clip.frames, 3 * 90_000);
    const sources = parts.map(({ info, index }) => ({ path: info.path, startTicks: info.startTicks, index }));
    const target = room.at('1', 'b.mp4');
    await new Finaliser(disk, TOOLS).finalise({ folder, parts: sources, endTicks, target });
    expect(await writer.write(target, SOME)).toBe('written');
    const before = readFileSync(target);
    const many = Array.from({ length: 255 }, (_, i) => ({ atSeconds: i / 100, title: 'x'.repeat(255) }));
    expect(await writer.write(target, many)).toBe('no_room');
    expect(readFileSync(target).equals(before)).toBe(true);
    expect([chaptersOf(target), pictures(target)]).toEqual([SOME, shown]);
  });
});

/** What a whole file is made of, with chapters and padding or without. */
const WHOLE = expect.stringMatching(/^ftyp free moov\(mvhd trak( udta)?\)( free)? mdat$/) as string;

/** The boxes of a file, and of its `moov`; what does not end where it must is `?`. */
async function boxesOf(bytes: Buffer): Promise<string> {
  const reader = new BoxReader(bufferSource(bytes));
  const names = async (from: number, to: number, deep: boolean): Promise<string> => {
    const found: string[] = [];
    let at = from;
    for await (const { type, payload, end } of reader.walk(from, to)) {
      found.push(deep && type === 'moov' ? `moov(${await names(payload, end, false)})` : type);
      at = end;
    }
    return [...found, ...(at === to ? [] : ['?'])].join(' ');
  };
  return names(0, bytes.length, true);
}

/** What of a write may have come to the disk: all, nothing, and of more than a header either half. */
function halves(bytes: number): readonly (readonly [number, number])[] {
  const half = bytes > 8 ? Math.floor(bytes / 2) : bytes;
  return [
    [0, bytes],
    [0, 0],
    [0, half],
    [bytes > 8 ? half : 0, bytes],
  ];
}

/** A disk whose syncs take no time. */
class HastyDisk extends NodeDisk {
  override async open(path: string, mode: OpenMode): Promise<DiskFile> {
    const file = await super.open(path, mode);
    return Object.assign(Object.create(file) as DiskFile, { datasync: () => Promise.resolve() });
  }
}

function write(path: string, bytes: Buffer): string {
  writeFileSync(path, bytes);
  return path;
}
