import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app-config';
import { IncomingVideos } from '../storage/incoming-videos';
import { VideoStore } from '../storage/video-store';
import { AdoptedMatches } from './adopted-matches.service';
import { ImportClubs } from './import-clubs.service';
import { ImportCommand } from './import-command';
import { ImportStopped, Refusal } from './refusal';
import { adoptedSessionId } from './session-name';
import { FoundVideo, SourceFolder } from './source-folder';

const MEBIBYTE = 2 ** 20;
/** Videos that are asked for at once. */
const BATCH = 500;

/** Looks at all there is before anything is done. */
@Injectable()
export class ImportSurvey {
  constructor(
    private readonly config: AppConfig,
    private readonly store: VideoStore,
    private readonly incoming: IncomingVideos,
    private readonly clubs: ImportClubs,
    private readonly matches: AdoptedMatches,
  ) {}

  /**
   * @returns how many things there are
   * @throws ImportStopped where what must be copied leaves less than `DISK_RESERVE_MB`
   */
  async of(source: SourceFolder, command: ImportCommand): Promise<number> {
    let total = 0;
    let bytes = 0;
    let batch: FoundVideo[] = [];
    const clubs = new Map<string, number | null>();
    const count = async (): Promise<void> => {
      bytes += await this.bytesToCopy(batch, command, clubs);
      batch = [];
    };
    for await (const finding of source.findings()) {
      total++;
      if ('video' in finding && batch.push(finding.video) === BATCH) await count();
    }
    await count();
    await this.mustFit(bytes);
    return total;
  }

  private async bytesToCopy(
    videos: readonly FoundVideo[],
    command: ImportCommand,
    clubs: Map<string, number | null>,
  ): Promise<number> {
    const copied: { id: string; bytes: number }[] = [];
    for (const { folder, name, entry } of videos) {
      if (!clubs.has(folder)) clubs.set(folder, await this.clubIdOf(folder, command));
      const clubId = clubs.get(folder) ?? null;
      if (clubId === null || (command.way !== 'copy' && (await this.incoming.isNear(entry)))) continue;
      copied.push({ id: adoptedSessionId(clubId, folder, name.slice(0, -'.mp4'.length)), bytes: entry.bytes });
    }
    const known = await this.matches.knownAmong(copied.map(({ id }) => id));
    return copied.filter(({ id }) => !known.has(id)).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** @returns 0 for a club that is yet to be made; `null` for none */
  private async clubIdOf(folder: string, command: ImportCommand): Promise<number | null> {
    try {
      return (await this.clubs.of(folder, { ...command, dryRun: true })).id ?? 0;
    } catch (error) {
      if (error instanceof Refusal) return null;
      throw error;
    }
  }

  private async mustFit(bytes: number): Promise<void> {
    if (bytes === 0) return;
    const free = await this.store.freeBytes();
    const { diskReserveMb } = this.config;
    if (free - bytes >= diskReserveMb * MEBIBYTE) return;
    const [needed, there] = [Math.ceil(bytes / MEBIBYTE), Math.floor(free / MEBIBYTE)];
    throw new ImportStopped(
      `There is no room: ${needed} MB are to be copied, ${there} MB are free, and ${diskReserveMb} MB of them must stay ` +
        'free (DISK_RESERVE_MB). Nothing was done.',
    );
  }
}
