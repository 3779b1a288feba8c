import { statSync } from 'node:fs';
import { readMovieKeyframes } from '../../media/fmp4/movie-keyframes';
import { drawClip } from '../../media/fmp4/clip.fixture';
import { DiskFile, NodeDisk } from '../../storage/disk';
import { Chapter } from './chapter-list';
import { ChapterWriter } from './chapter-writer';
import { Finaliser } from './finaliser';
import { InPlacePart } from './in-place';
import { isPart } from './journal-fragments';
import { JournalResult } from './journal';
import { rebuildIndex } from './rebuild-index';
import { complaints, journalOptions, pictures, record, Room, TOOLS } from './recording.fixture';

const SECOND = 90_000;
const CHAPTERS: Chapter[] = [{ atSeconds: 1, title: 'Point' }];

/** What the rest of the service makes of a file whose index the chapters rewrote. */
describe.each([
  ['at the back', 1],
  ['at the front', 2],
])('a finished file with chapters, its index %s', (_, turns) => {
  const disk = new NodeDisk();
  const clip = drawClip({ seconds: 3, gop: 25 });
  let room: Room;
  let folder: string;
  let path: string;
  let recorded: JournalResult;
  let shown: string[];
  let file: DiskFile;

  beforeEach(async () => {
    room = new Room();
    folder = room.at('.recordings', 'a');
    await disk.makeFolder(folder);
    recorded = await record(journalOptions(folder), clip.frames, 3 * SECOND);
    path = room.at('1', 'a.mp4');
    expect(await finalise()).toMatchObject({ way: 'in_place' });
    shown = pictures(path);
    const writer = new ChapterWriter(disk, TOOLS.clock);
    for (let i = 0; i < turns; i++) expect(await writer.write(path, CHAPTERS)).toBe('written');
    file = await disk.open(path, 'update');
  });

  afterEach(async () => {
    await file?.close();
    room.remove();
  });

  const finalise = (): ReturnType<Finaliser['finalise']> => {
    const parts = recorded.parts.map(({ info }) => ({ path: info.path, startTicks: info.startTicks }));
    return new Finaliser(disk, TOOLS).finalise({ folder, parts, endTicks: recorded.endTicks, target: path });
  };

  it('is the video that an earlier run published, where the row says that it is not finished', async () => {
    const { size, ino } = statSync(path);
    expect(await finalise()).toMatchObject({ way: 'found', samples: 75, durationSeconds: 3, bytes: size });
    expect(statSync(path).ino).toBe(ino);
  });

  it('is still a flipped part, with every fragment, which nothing cuts', async () => {
    const [part] = recorded.parts;
    const found = await rebuildIndex(file);
    expect(found).toMatchObject({ state: 'flipped', finishedTicks: 3 * SECOND, init: part!.info.init });
    expect([found.index.sampleCount, found.index.endOffset]).toEqual([75, statSync(path).size]);
    expect(await isPart(file, part!.info.init, part!.info.reserveBytes)).toBe(true);
  });

  it('shows its keyframes to who reads its table', async () => {
    const { seconds, durationSeconds } = await readMovieKeyframes(file, statSync(path).size);
    expect([seconds, durationSeconds]).toEqual([[0, 1, 2], 3]);
  });

  it('is a whole fragmented file again where the flip is taken back, and can be finished anew', async () => {
    const place = await InPlacePart.of(file, await rebuildIndex(file), 3 * SECOND);
    await place.unflip();
    expect([pictures(path), complaints(path), (await rebuildIndex(file)).state]).toEqual([shown, '', 'fragmented']);
    await place.prepare();
    await place.flip();
    expect([pictures(path), complaints(path), (await rebuildIndex(file)).state]).toEqual([shown, '', 'flipped']);
  });
});
