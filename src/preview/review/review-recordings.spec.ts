import { randomUUID } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { Cancel, Clock } from '../../common/clock';
import { ProblemException } from '../../common/problem';
import { VideoCatalogue } from '../../files/video-catalogue.service';
import { Clip, drawClip, shift } from '../../media/fmp4/clip.fixture';
import { Finaliser } from '../../recording/engine/finaliser';
import { Journal } from '../../recording/engine/journal';
import { listFragments } from '../../recording/engine/journal-fragments';
import { WrittenPart } from '../../recording/engine/journal-writer';
import { Room, TOOLS, journalOptions, record } from '../../recording/engine/recording.fixture';
import { RecordingLog } from '../../recording/recording-log.service';
import { CourtRuntime, PartFacts, RecordedPart, RecordedPosition, RecordingFacts } from '../../runtime/court-runtime';
import { NodeDisk } from '../../storage/disk';
import { VideoStore } from '../../storage/video-store';
import { RecordingPlace, ReviewFiles } from './review-files';
import { VideoOpener } from '../../objects/video-opener.service';
import { ReviewRecordings } from './review-recordings.service';

const SECOND = 90_000;
const STARTED = new Date('2026-03-01T10:00:00Z');

class HandClock extends Clock {
  time = 0;

  now(): number {
    return this.time;
  }

  monotonic(): number {
    return this.time;
  }

  after(): Cancel {
    return () => undefined;
  }
}

describe('ReviewRecordings', () => {
  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(['log', 'warn', 'error']));

  const disk = new NodeDisk();
  let clip: Clip;
  let room: Room;
  let store: VideoStore;
  let clock: HandClock;
  let recordings: ReviewRecordings;
  let place: RecordingPlace;
  /** What the other rooms say. */
  let facts: Pick<RecordingFacts, 'phase' | 'startedAt'> | null;
  let running: readonly WrittenPart[];
  let row: { status: string; startedAt: Date | null; requestedAt: Date } | null;
  let rows: PartFacts[];
  let deleted: boolean;
  let asked: RecordedPosition[];
  let walks: number;

  beforeAll(() => {
    clip = drawClip({ seconds: 4, gop: 50, size: '160x90' });
  });

  beforeEach(async () => {
    room = new Room();
    store = await VideoStore.open(disk, room.path);
    clock = new HandClock();
    place = { sessionId: randomUUID(), clubId: 1 };
    facts = null;
    running = [];
    row = null;
    rows = [];
    deleted = false;
    asked = [];
    walks = 0;
    recordings = make();
  });

  afterEach(() => room.remove());

  /** As after a start of the service. */
  function make(): ReviewRecordings {
    const runtime = {
      recording: () => facts,
      recorded: (_: string, from: RecordedPosition): RecordedPart[] => {
        asked.push(from);
        return running.map((part) => {
          const first = part.info.number === from.part ? from.fragment : 0;
          return { ...factsOf(part), first, fragments: listFragments(part.index, first) };
        });
      },
    };
    const log = { row: () => Promise.resolve(row), parts: () => (walks++, Promise.resolve(rows)) };
    return new ReviewRecordings(
      runtime as unknown as CourtRuntime,
      log as unknown as RecordingLog,
      { isDeleted: () => Promise.resolve(deleted) } as unknown as VideoCatalogue,
      new ReviewFiles(store, { away: () => Promise.resolve(null) } as unknown as VideoOpener),
      clock,
    );
  }

  function factsOf({ info }: WrittenPart): PartFacts {
    const { number, init, startTicks, reserveBytes } = info;
    return { part: number, init, codec: '', startTicks, reserveBytes };
  }

  const text = async (): Promise<string> => (await recordings.of(place)).playlist().text.toString();
  const code = (): Promise<string> =>
    recordings.of(place).then(
      () => 'no problem',
      (error: unknown) => (error instanceof ProblemException ? error.code : String(error)),
    );

  /** A journal on disk that nobody writes any more. */
  async function journal(frames = clip.frames, seconds = 4): Promise<readonly WrittenPart[]> {
    const folder = await store.makeRecordingFolder(place.sessionId);
    const { parts } = await record(journalOptions(folder), frames, seconds * SECOND);
    rows = parts.map(factsOf);
    return parts;
  }

  const interrupted = (status: string): typeof row => ({ status, startedAt: STARTED, requestedAt: STARTED });

  async function finish(parts: readonly WrittenPart[], seconds = 4): Promise<string> {
    const folder = store.recordingFolder(place.sessionId);
    const sources = parts.map(({ info: { path, startTicks } }) => ({ path, startTicks }));
    const target = store.videoPath(place.clubId, place.sessionId);
    await disk.makeFolder(room.at('1'));
    return (await new Finaliser(disk, TOOLS).finalise({ folder, parts: sources, endTicks: seconds * SECOND, target }))
      .way;
  }

  it('grows with a running recording, by what is new', async () => {
    const folder = await store.makeRecordingFolder(place.sessionId);
    let written: () => void = () => undefined;
    const live = Journal.start(journalOptions(folder), { onBytes: () => written() });
    facts = { phase: 'starting', startedAt: null };
    expect(await code()).toBe('not_recording');
    running = live.parts;
    const thirdSecond = new Promise<void>((resolve) => {
      written = () => (live.parts[0]!.index.sampleCount >= 75 ? resolve() : undefined);
    });
    for (const frame of clip.frames) live.append(frame);
    await thirdSecond;
    facts = { phase: 'recording', startedAt: STARTED.getTime() };
    const soFar = await text();
    expect(soFar.match(/#EXTINF:.*/g)).toEqual(['#EXTINF:2,']);
    const more = await live.close(4 * SECOND);
    facts = { phase: 'stopping', startedAt: STARTED.getTime() };
    expect(await text()).toBe(soFar);
    facts = { phase: 'finalizing', startedAt: STARTED.getTime() };
    const whole = await text();
    expect(whole.match(/#EXTINF:.*|#EXT-X-ENDLIST/g)).toEqual(['#EXTINF:2,', '#EXTINF:2,', '#EXT-X-ENDLIST']);
    expect(asked.at(-1)).toEqual({ part: 1, fragment: more.parts[0]!.index.fragmentCount });
    expect(walks).toBe(0);

    // The same by the files alone, finished or not, for a service that was started again.
    facts = null;
    rows = more.parts.map(factsOf);
    row = interrupted('failed');
    recordings = make();
    expect(await text()).toBe(whole);
    expect(await finish(more.parts)).toBe('in_place');
    expect(await text()).toBe(whole);
    row = interrupted('ready');
    recordings = make();
    expect(await text()).toBe(whole);
  });

  it('reads an interrupted recording, without its half fragment, and again when it was finished', async () => {
    const [part] = await journal();
    writeFileSync(part!.info.path, Buffer.alloc(500, 1), { flag: 'a' });
    row = interrupted('recording');
    const [first, second] = await Promise.all([text(), text()]);
    expect(walks).toBe(1);
    expect(first).toBe(second);
    expect(first).toContain('#EXTINF:2,\n');
    expect(first).not.toContain('ENDLIST');
    row = interrupted('ready');
    clock.time += 1_999;
    expect(await text()).toBe(first);
    clock.time += 1;
    expect(await text()).toMatch(/ENDLIST\n$/);
    clock.time += 60_000;
    await text();
    expect(walks).toBe(2);
  });

  it('keeps the target duration it told while the rest was not known', async () => {
    await journal(clip.frames.slice(0, 51), 2.1);
    row = interrupted('recording');
    expect(await text()).toContain('TARGETDURATION:2\n');
    await disk.unlink(join(store.recordingFolder(place.sessionId), 'part-1.mp4'));
    await journal(drawClip({ seconds: 4, gop: 100, size: '160x90' }).frames);
    row = interrupted('failed');
    clock.time += 2_000;
    expect(await text()).toContain('TARGETDURATION:2\n');
  });

  it('places parts by their own times where their rows were lost', async () => {
    const other = drawClip({ seconds: 2, size: '320x180' });
    const frames = [...clip.frames, ...other.frames.map((frame) => shift(frame, 6 * SECOND))];
    await journal(frames, 8);
    row = { status: 'failed', startedAt: null, requestedAt: STARTED };
    const known = await text();
    expect(known.match(/#EXT-X-MAP.*|#EXT-X-DISC.*|#EXT-X-GAP/g)).toEqual([
      '#EXT-X-MAP:URI="review/1/init.mp4"',
      '#EXT-X-GAP',
      '#EXT-X-DISCONTINUITY',
      '#EXT-X-MAP:URI="review/2/init.mp4"',
    ]);
    rows = [];
    recordings = make();
    expect(await text()).toBe(known);
  });

  it('says that only the file is left, once parts were put together', async () => {
    const other = drawClip({ seconds: 2, size: '320x180' });
    const parts = await journal([...clip.frames, ...other.frames.map((frame) => shift(frame, 4 * SECOND))], 6);
    row = interrupted('failed');
    expect(await code()).toBe('no problem');
    const [open] = (await recordings.of(place)).parts.values();
    const file = await recordings.open(place, open!);
    expect(await finish(parts, 6)).toBe('remuxed');
    // Who has the file open reads on; everybody else is told, at once and after a restart.
    expect(await file.read(Buffer.alloc(8), open!.end - 8)).toBe(8);
    await file.close();
    expect(await code()).toBe('review_file_only');
    await expect(recordings.open(place, open!)).rejects.toMatchObject({ code: 'review_file_only' });
    row = interrupted('ready');
    for (const known of [rows, rows.slice(0, 1), []]) {
      rows = known;
      recordings = make();
      expect(await code()).toBe('review_file_only');
    }
  });

  it('leaves out a part that is damaged', async () => {
    await journal();
    writeFileSync(join(store.recordingFolder(place.sessionId), 'part-2.mp4'), 'nonsense');
    row = interrupted('failed');
    expect((await text()).match(/#EXTINF/g)).toHaveLength(2);
  });

  it.each([
    ['never recorded', () => undefined, 'not_recording'],
    ['nothing on disk', () => (row = interrupted('failed')), 'not_recording'],
    ['the video is gone', () => (row = interrupted('ready')), 'not_found'],
  ])('%s', async (_, arrange, expected) => {
    arrange();
    expect(await code()).toBe(expected);
  });

  it('shows nobody a video that was deleted, whatever a crash left of it', async () => {
    expect(await finish(await journal())).toBe('in_place');
    row = interrupted('ready');
    expect(await code()).toBe('no problem');
    deleted = true;
    expect(await code()).toBe('not_found');
    deleted = false;
    await store.deleteVideo(place.clubId, place.sessionId);
    expect(await code()).toBe('not_found');
  });

  it('keeps a bounded number of recordings, and no file open', async () => {
    row = interrupted('failed');
    const descriptors = readdirSync('/proc/self/fd').length;
    for (let i = 0; i < 40; i++) {
      place = { sessionId: randomUUID(), clubId: 1 };
      await journal(clip.frames.slice(0, 60), 2.4);
      await text();
    }
    expect((recordings as unknown as { kept: Map<string, unknown> }).kept.size).toBe(32);
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(descriptors + 1);
  });
});
