import { Disk } from '../../storage/disk';
import { partPath } from './journal-part';
import { WrittenPart } from './journal-writer';
import { PartDamagedError, PartUnbornError, rebuildIndex } from './rebuild-index';
import { SampleIndex } from './sample-index';

/** Why a recording on disk cannot be gone on with: its file is made, or being made. */
export class AlreadyFinishedError extends Error {
  constructor() {
    super('the part is finished and is not resumed');
    this.name = 'AlreadyFinishedError';
  }
}

/** The parts of a recording whose process died, up to their last whole fragment. */
export interface ReopenedJournal {
  readonly parts: readonly WrittenPart[];
  /** Session time of the first frame and of the last one's end; `null` where not one frame is on disk. */
  readonly startTicks: number | null;
  readonly endTicks: number | null;
}

/**
 * Reads a journal so that it can be gone on with. Writes nothing.
 * @param numbers of its parts, in order
 * @param starts session time of each part, as far as the database knows; the others say so themselves
 * @throws AlreadyFinishedError, PartDamagedError, or the file system's error
 */
export async function reopenJournal(
  disk: Disk,
  folder: string,
  numbers: readonly number[],
  starts: ReadonlyMap<number, number>,
): Promise<ReopenedJournal> {
  const parts: WrittenPart[] = [];
  for (const number of numbers)
    parts.push(await reopenPart(disk, partPath(folder, number), number, starts.get(number)));
  // A part may have been made of which not one fragment was written.
  const written = parts.filter(({ index }) => index.sampleCount > 0);
  const [first] = written;
  const last = written.at(-1);
  const endTicks = last ? last.info.startTicks + last.index.endDts : null;
  return { parts, startTicks: first?.info.startTicks ?? null, endTicks };
}

async function reopenPart(disk: Disk, path: string, number: number, known: number | undefined): Promise<WrittenPart> {
  const file = await disk.open(path, 'read');
  try {
    const rebuilt = await rebuildIndex(file);
    if (rebuilt.state === 'flipped') throw new AlreadyFinishedError();
    // Its own word first: a part that was made anew may be younger than its row.
    const startTicks = rebuilt.startTicks ?? known ?? null;
    if (startTicks === null) throw new PartDamagedError('nothing tells when it begins');
    const { init, reserveBytes, index } = rebuilt;
    return { info: { number, path, init, startTicks, reserveBytes }, index };
  } catch (error) {
    if (!(error instanceof PartUnbornError)) throw error;
    const info = { number, path, init: Buffer.alloc(0), startTicks: known ?? 0, reserveBytes: 0 };
    return { info, index: new SampleIndex() };
  } finally {
    await file.close();
  }
}

/**
 * Session time at which a part begins, by its own note; `null` where it does not say. Of a part that holds nothing any time is
 * right. @throws as {@link reopenJournal}
 */
export async function partStart(disk: Disk, path: string): Promise<number | null> {
  const file = await disk.open(path, 'read');
  try {
    return (await rebuildIndex(file, new SampleIndex())).startTicks;
  } catch (error) {
    if (error instanceof PartUnbornError) return 0;
    throw error;
  } finally {
    await file.close();
  }
}
