import { Injectable, Logger } from '@nestjs/common';
import { VideoOpener } from '../../objects/video-opener.service';
import { isPart, listFragments } from '../../recording/engine/journal-fragments';
import { PartDamagedError, rebuildIndex, RebuiltPart } from '../../recording/engine/rebuild-index';
import { PartFacts, RecordedPart } from '../../runtime/court-runtime';
import { DiskFile } from '../../storage/disk';
import { VideoStore } from '../../storage/video-store';

/** Whose recording. */
export interface RecordingPlace {
  readonly sessionId: string;
  readonly clubId: number;
}

/** What has become of a recording's fragments: its video was made anew without them, or there is nothing (any more). */
export type Absent = 'remade' | 'nothing';

/** Where the fragments of a recording lie: in its journal while it is recorded and finished, then within its video. */
@Injectable()
export class ReviewFiles {
  private readonly logger = new Logger(ReviewFiles.name);

  constructor(
    private readonly store: VideoStore,
    private readonly videos: VideoOpener,
  ) {}

  /**
   * The file that holds a part's fragments now; the caller closes it. The journal is looked for first: publishing gives the
   * file its new name before it takes the old one.
   */
  async open(
    { sessionId, clubId }: RecordingPlace,
    part: { readonly number: number; readonly init: Buffer; readonly reserveBytes: number },
  ): Promise<DiskFile | Absent> {
    const journal = await this.store.openPart(sessionId, part.number);
    if (journal) return journal;
    const video = await this.store.openVideo(clubId, sessionId);
    if (!video) return this.absent(clubId, sessionId);
    const same = await isPart(video.file, part.init, part.reserveBytes).catch(async (error: unknown) => {
      await video.file.close();
      throw error;
    });
    if (same) return video.file;
    await video.file.close();
    return 'remade';
  }

  /**
   * Reads where a recording's fragments lie from its files, for recordings that no runtime knows.
   * @param rows its parts as they were begun; what is missing there is taken from the files
   */
  async read(place: RecordingPlace, rows: readonly PartFacts[]): Promise<RecordedPart[] | Absent> {
    return (await this.readJournal(place, rows)) ?? (await this.readVideo(place, rows));
  }

  /** `null` where there is no journal, or it went while it was read: then there is a video. */
  private async readJournal(
    { sessionId }: RecordingPlace,
    rows: readonly PartFacts[],
  ): Promise<RecordedPart[] | 'nothing' | null> {
    const numbers = await this.store.listParts(sessionId);
    if (numbers.length === 0) return null;
    const parts: RecordedPart[] = [];
    let end = 0;
    for (const number of numbers) {
      const file = await this.store.openPart(sessionId, number);
      if (!file) return null;
      const rebuilt = await this.rebuilt(sessionId, file);
      if (!rebuilt || rebuilt.index.sampleCount === 0) continue;
      const row = rows.find(({ part }) => part === number);
      parts.push(describe(number, rebuilt, row, end));
      end = (row?.startTicks ?? end) + rebuilt.index.endDts;
    }
    return parts.length > 0 ? parts : 'nothing';
  }

  private async readVideo(
    { sessionId, clubId }: RecordingPlace,
    rows: readonly PartFacts[],
  ): Promise<RecordedPart[] | Absent> {
    const video = await this.store.openVideo(clubId, sessionId);
    if (!video) return this.absent(clubId, sessionId);
    const [row] = rows;
    const whole = rows.length <= 1 && (!row || (await isPart(video.file, row.init, row.reserveBytes)));
    if (!whole) {
      await video.file.close();
      return 'remade';
    }
    const rebuilt = await this.rebuilt(sessionId, video.file);
    // A video of FFmpeg's making may begin like a part; it has no fragments.
    if (!rebuilt || rebuilt.index.sampleCount === 0) return 'remade';
    return [describe(row?.part ?? 1, rebuilt, row, 0)];
  }

  /** To find the fragments of a film that lies in a storage, nearly all of it would be read: it is played as its file. */
  private async absent(clubId: number, sessionId: string): Promise<Absent> {
    return (await this.videos.away(clubId, sessionId)) ? 'remade' : 'nothing';
  }

  /** Closes the file. `null` where it is no part. */
  private async rebuilt(sessionId: string, file: DiskFile): Promise<RebuiltPart | null> {
    try {
      return await rebuildIndex(file);
    } catch (error) {
      if (!(error instanceof PartDamagedError)) throw error;
      this.logger.warn({ sessionId, err: error }, 'A part of a recording cannot be reviewed.');
      return null;
    } finally {
      await file.close();
    }
  }
}

function describe(number: number, rebuilt: RebuiltPart, row: PartFacts | undefined, end: number): RecordedPart {
  const { init, reserveBytes, index } = rebuilt;
  return {
    part: number,
    init: row?.init ?? init,
    codec: row?.codec ?? '',
    startTicks: row?.startTicks ?? rebuilt.startTicks ?? end,
    reserveBytes: row?.reserveBytes ?? reserveBytes,
    first: 0,
    fragments: listFragments(index),
  };
}
