import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { H264Frame } from '../../media/access-unit';
import { Clip, drawClip, shift } from '../../media/fmp4/clip.fixture';
import { BrokenDisk, DiskCall, Fate, errno } from '../../storage/broken-disk.fixture';
import { NodeDisk } from '../../storage/disk';
import { Gap } from './gap-tracker';
import { Journal } from './journal';
import { JournalPart, partPath, reserveBytes } from './journal-part';
import { rebuildIndex } from './rebuild-index';
import { reopenJournal } from './reopen';
import { Room, journalOptions, pictures, record } from './recording.fixture';

describe('Journal', () => {
  let clip: Clip;
  let room: Room;
  const disk = new NodeDisk();

  beforeAll(() => {
    clip = drawClip({ seconds: 4, gop: 50, size: '160x90' });
  });

  beforeEach(() => {
    room = new Room();
  });

  afterEach(() => room.remove());

  async function rebuilt(path: string): ReturnType<typeof rebuildIndex> {
    const file = await disk.open(path, 'read');
    try {
      return await rebuildIndex(file);
    } finally {
      await file.close();
    }
  }

  it('reserves twice the worst tables of the planned length', () => {
    expect(reserveBytes(90 * 60, 25)).toBe(2 * 24 * 135_000 + 65_536);
    expect(reserveBytes(60, null)).toBe(2 * 24 * 3600 + 65_536);
  });

  it('writes the first burst at once and then a fragment a second and at every keyframe', async () => {
    const journal = await new Promise<Journal>((resolve) => {
      const started = Journal.start(journalOptions(room.path), { onFirstFragment: () => resolve(started) });
      for (const frame of clip.frames.slice(0, 10)) started.append(frame);
    });
    expect(journal.parts[0]!.index.sampleCount).toBe(9);
    for (const frame of clip.frames.slice(10)) journal.append(frame);
    const { parts } = await journal.close(clip.frames.length * 3600);
    const { index } = parts[0]!;
    const firsts = Array.from({ length: index.fragmentCount }, (_, f) => index.fragment(f).firstSample);
    expect(firsts).toEqual([0, 9, 34, 50, 75]);
    expect(pictures(parts[0]!.info.path)).toHaveLength(100);
  });

  it('rebuilds the index it had', async () => {
    const { parts } = await record(journalOptions(room.path), clip.frames, 5 * 90_000);
    const { index } = await rebuilt(parts[0]!.info.path);
    expect(JSON.stringify(index)).toBe(JSON.stringify(parts[0]!.index));
  });

  it('cut at any byte, plays up to the last whole fragment', async () => {
    const { parts } = await record(journalOptions(room.path), clip.frames, 4 * 90_000);
    const whole = readFileSync(parts[0]!.info.path);
    const known = parts[0]!.index;
    const ends = Array.from({ length: known.fragmentCount }, (_, f) => known.fragment(f));
    const cut = room.at('cut.mp4');
    const from = ends[0]!.offset;
    // Every byte of headers and their neighbours, and every 97th of the frames between.
    for (let at = from; at <= whole.length; at++) {
      const near = ends.some(({ offset, dataOffset }) => at >= offset - 9 && at <= dataOffset + 9);
      if (!near && at % 97 !== 0 && at !== whole.length) continue;
      writeFileSync(cut, whole.subarray(0, at));
      const { index } = await rebuilt(cut);
      const expected = ends.filter(({ end }) => end <= at);
      const end = expected.length > 0 ? expected[expected.length - 1]!.end : from;
      if (index.fragmentCount !== expected.length || index.endOffset !== end) {
        expect([at, index.fragmentCount, index.endOffset]).toEqual([at, expected.length, end]);
      }
    }
    writeFileSync(cut, whole.subarray(0, ends[2]!.end + 1000));
    expect(pictures(cut).length).toBeGreaterThanOrEqual(ends[2]!.endSample);
  });

  it('takes zeros under a whole header, as a power cut leaves them, for nothing', async () => {
    const { parts } = await record(journalOptions(room.path), clip.frames, 4 * 90_000);
    const { path } = parts[0]!.info;
    const last = parts[0]!.index.fragment(parts[0]!.index.fragmentCount - 1);
    const bytes = readFileSync(path);
    bytes.fill(0, last.dataOffset + 100);
    writeFileSync(path, bytes);
    expect((await rebuilt(path)).index.endOffset).toBe(last.offset);
  });

  it('is resumed behind the last whole fragment of the same part, with a gap', async () => {
    const half = clip.frames.slice(0, 50);
    const { parts } = await record(journalOptions(room.path), half, 50 * 3600);
    const { path } = parts[0]!.info;
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from('half a fragment')]));
    const gaps: Gap[] = [];
    const left = await reopenJournal(disk, room.path, [1], new Map());
    expect(left.endTicks).toBe(50 * 3600);
    const journal = await Journal.resume(journalOptions(room.path), { onGap: (gap) => gaps.push(gap) }, left.parts);
    for (const frame of clip.frames.slice(50)) journal.append(shift(frame, 180_000));
    const result = await journal.close(6 * 90_000);
    expect(result.parts).toHaveLength(1);
    expect(gaps).toEqual([{ startTicks: 49 * 3600, endTicks: 50 * 3600 + 180_000, reason: 'service_restarted' }]);
    expect(pictures(path)).toHaveLength(100);
    expect((await rebuilt(path)).index.endDts).toBe(6 * 90_000);
  });

  it.each([
    [0, 'made'],
    [1, 'made'],
    [0, 'being made'],
    [1, 'being made'],
  ])('makes a part anew of which not one fragment was written, behind %d others: it was %s', async (others, state) => {
    const before = others === 0 ? [] : (await record(journalOptions(room.path), clip.frames, 4 * 90_000)).parts;
    const empty = others + 1;
    const [{ config }] = clip.frames as [H264Frame];
    await (await JournalPart.create(disk, room.path, empty, config, 400_000, 70_000)).close();
    if (state === 'being made') truncateSync(partPath(room.path, empty), 10_000);
    const numbers = [...before.map(({ info }) => info.number), empty];
    const left = await reopenJournal(disk, room.path, numbers, new Map([[empty, 400_000]]));
    const journal = await Journal.resume(journalOptions(room.path), {}, left.parts);
    for (const frame of clip.frames) journal.append(shift(frame, 900_000));
    const { parts, error } = await journal.close(900_000 + 4 * 90_000);
    expect(error).toBeNull();
    expect(parts).toHaveLength(1);
    const again = await reopenJournal(disk, room.path, [1], new Map([[1, 400_000]]));
    expect(again.startTicks).toBe(others === 0 ? 900_000 : 0);
    expect(again.endTicks).toBe(900_000 + 4 * 90_000);
  });

  it('begins with a keyframe and opens a part only for another configuration', async () => {
    const other = drawClip({ seconds: 1, size: '320x180' });
    const frames = [...clip.frames.slice(3), ...other.frames.map((frame) => shift(frame, 4 * 90_000))];
    const again = clip.frames.map((frame) => shift(frame, 5 * 90_000, { config: { ...clip.config } }));
    const { parts } = await record(journalOptions(room.path), [...frames, ...again], 9 * 90_000);
    expect(parts.map(({ info, index }) => [info.number, info.startTicks, index.sampleCount, index.endDts])).toEqual([
      [1, 50 * 3600, 50, 50 * 3600],
      [2, 4 * 90_000, 25, 90_000],
      [3, 5 * 90_000, 100, 4 * 90_000],
    ]);
  });

  it('drops to the next keyframe when the disk is too slow, and says so', async () => {
    let free: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => (free = resolve));
    let reached: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => (reached = resolve));
    const slow = new BrokenDisk(({ name, position }) => {
      if (name !== 'write' || !position || position < 65_536) return;
      reached();
      return stuck;
    });
    const gaps: Gap[] = [];
    const bytes = clip.frames.slice(0, 60).reduce((sum, frame) => sum + frame.data.length, 0);
    const options = { ...journalOptions(room.path, slow), maxQueueBytes: bytes };
    const journal = Journal.start(options, { onGap: (gap) => gaps.push(gap) });
    for (const frame of clip.frames.slice(0, 30)) journal.append(frame);
    await blocked;
    for (const frame of clip.frames.slice(30)) journal.append(frame);
    expect(journal.droppedFrames).toBeGreaterThan(0);
    const dropped = journal.droppedFrames;
    free();
    const again = clip.frames.map((frame) => shift(frame, 4 * 90_000));
    await new Promise((resolve) => setImmediate(resolve));
    while (journal.waitingBytes > bytes / 4) await new Promise((resolve) => setImmediate(resolve));
    for (const frame of again.slice(0, 30)) journal.append(frame);
    const { parts, error } = await journal.close(4 * 90_000 + 30 * 3600);
    expect(error).toBeNull();
    expect(gaps).toMatchObject([{ endTicks: 4 * 90_000, reason: 'queue_overflow' }]);
    expect(parts[0]!.index.sampleCount).toBe(130 - dropped);
    expect(pictures(parts[0]!.info.path)).toHaveLength(130 - dropped);
  });

  /** A fate for the nth write of a fragment. */
  function nthFragment(n: number, fate: () => Fate): (call: DiskCall) => Fate {
    let writes = 0;
    let stuck = false;
    return ({ name, position }) => {
      if (name !== 'write' || !position || position < reserveBytes(60, 25)) return undefined;
      if (!stuck && ++writes < n) return undefined;
      stuck = true;
      return fate();
    };
  }

  it.each([
    ['ENOSPC', 'disk_full', true],
    ['EFBIG', 'disk_full', true],
    ['EIO', 'write_failed', false],
  ])('%s: what was written before stays playable', async (code, failure, salvageable) => {
    const broken = new BrokenDisk(
      nthFragment(3, () => {
        throw errno(code);
      }),
    );
    const errors: string[] = [];
    const options = journalOptions(room.path, broken);
    const { parts, error, endTicks } = await record(options, clip.frames, 4 * 90_000, {
      onFailed: (failed) => errors.push(failed.code),
    });
    expect(errors).toEqual([failure]);
    expect(error).toMatchObject({ code: failure, salvageable });
    expect(endTicks).toBe(50 * 3600);
    expect(pictures(parts[0]!.info.path)).toHaveLength(50);
  });

  it('goes on after a short write, and fails when the rest never fits', async () => {
    let calls = 0;
    const short = new BrokenDisk(nthFragment(2, () => (calls++ % 2 === 0 ? { short: 700 } : undefined)));
    const whole = await record(journalOptions(room.path, short), clip.frames, 4 * 90_000);
    expect(whole.error).toBeNull();
    expect(pictures(whole.parts[0]!.info.path)).toHaveLength(100);
    expect(calls).toBeGreaterThan(2);
  });

  it('a failed sync is final, whatever the next one would say', async () => {
    let syncs = 0;
    const broken = new BrokenDisk(({ name }) => {
      if (name === 'datasync' && ++syncs === 1) throw errno('EIO');
    });
    const { error } = await record(journalOptions(room.path, broken), clip.frames, 4 * 90_000);
    expect(error).toMatchObject({ code: 'sync_failed', salvageable: false });
    expect(syncs).toBe(1);
  });

  it('a sync that hangs fails the journal and does not hold up its end', async () => {
    const hung = new BrokenDisk(({ name }) => (name === 'datasync' ? new Promise<void>(() => undefined) : undefined));
    const options = { ...journalOptions(room.path, hung), timeoutMs: 20 };
    expect((await record(options, clip.frames, 4 * 90_000)).error).toMatchObject({ code: 'sync_timeout' });
  });

  it('a folder that cannot take a part fails the journal once', async () => {
    writeFileSync(partPath(room.path, 1), 'taken');
    const { error, parts } = await record(journalOptions(room.path), clip.frames, 4 * 90_000);
    expect(error).toMatchObject({ code: 'write_failed' });
    expect(parts).toEqual([]);
    expect(readFileSync(partPath(room.path, 1), 'utf8')).toBe('taken');
  });

  it('keeps decode times rising where a timeline does not', async () => {
    const frames: H264Frame[] = clip.frames.slice(0, 5).map((frame, i) => (i === 3 ? { ...frame, dts: 7000 } : frame));
    const { parts } = await record(journalOptions(room.path), frames, 5 * 3600);
    const { index } = parts[0]!;
    expect([0, 1, 2, 3, 4].map((i) => index.dts(index.fragment(0), i))).toEqual([0, 3600, 7200, 7201, 14_400]);
    expect(index.cts(3)).toBe(7000 - 7201);
  });
});
