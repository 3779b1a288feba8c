import { dirname } from 'node:path';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock';
import { faultPoint } from '../common/fault-point';
import { AppConfig } from '../config/app-config';
import { underAdvisoryLock } from '../database/advisory-lock';
import { Toolchain } from '../media/toolchain';
import { publish } from '../recording/engine/publish';
import { Disk } from '../storage/disk';
import { IncomingVideos } from '../storage/incoming-videos';
import { VideoStore } from '../storage/video-store';
import { AdoptedMatches, KnownVideo } from './adopted-matches.service';
import { examineMovie, ForeignMovie } from './foreign-movie';
import { ImportClubs, ReceivingClub } from './import-clubs.service';
import { ImportCommand } from './import-command';
import { ImportSurvey } from './import-survey.service';
import { matchTime, MatchTime } from './match-time';
import { ImportStopped, Refusal } from './refusal';
import { adoptedSessionId } from './session-name';
import { Found, FoundVideo, SourceFolder } from './source-folder';
import { toRefusal } from './to-refusal';

const MEBIBYTE = 2 ** 20;
/** What was changed within this time may still be written. */
const YOUNG_MS = 60_000;
/** How often it is looked whether the upkeep has done with the files. */
const TURN_MS = 200;

/** A video that was adopted, or would be. */
export interface Adoption {
  /** `null`: of a club that is yet to be made. */
  readonly videoPath: string | null;
  readonly club: ReceivingClub;
  readonly movie: ForeignMovie;
  readonly time: MatchTime;
}

/** Told what becomes of each file, in order. */
export interface ImportListener {
  /** How many there are is known. */
  begun(total: number): void;
  adopted(video: FoundVideo, adoption: Adoption): void;
  /** @param note what else is to be said of it, or empty */
  there(video: FoundVideo, note: string): void;
  refused(found: Found, refusal: Refusal): void;
}

/** One run. */
interface Run {
  readonly command: ImportCommand;
  readonly listener: ImportListener;
  /** By folder of the first system. */
  readonly clubs: Map<string, ReceivingClub | Refusal>;
  /** Bytes of a club's videos, those of this run included. */
  readonly used: Map<number, number>;
}

/**
 * Adopts the first system's videos. Invariant, for a crash at any line: the file gets its name, durably, then its rows come in
 * one transaction, then the old name goes, where that was asked for. So a row never leads to a file that is not there, what
 * was taken away is here, and a second run finds by its id what the first one did and does what is left. What a crash left
 * without a row is taken up by the next run; until then nothing but the upkeep touches it, which puts it into quarantine, and
 * then the next run takes the file from where it still is. Files and upkeep never meet: both hold the lock of `files_and_rows`.
 */
@Injectable()
export class VideoImport {
  constructor(
    private readonly database: DataSource,
    private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly disk: Disk,
    private readonly store: VideoStore,
    private readonly incoming: IncomingVideos,
    private readonly tools: Toolchain,
    private readonly clubs: ImportClubs,
    private readonly matches: AdoptedMatches,
    private readonly survey: ImportSurvey,
  ) {}

  /** @throws ImportStopped before anything was done; the database's error, after which it may be run again */
  async run(command: ImportCommand, listener: ImportListener): Promise<void> {
    const source = await SourceFolder.open(this.disk, command.folder, this.store.root);
    await this.clubs.check(command);
    await this.mustBeOurs();
    const work = async (): Promise<true> => {
      if (!command.dryRun) await this.incoming.clear();
      listener.begun(await this.survey.of(source, command));
      const run: Run = { command, listener, clubs: new Map(), used: new Map() };
      for await (const finding of source.findings()) {
        if ('video' in finding) await this.look(finding.video, run);
        else listener.refused(finding.found, finding.refusal);
      }
      return true;
    };
    if ((await underAdvisoryLock(this.database, 'import', work)) === null) {
      throw new ImportStopped('Another import is under way.');
    }
  }

  private async look(video: FoundVideo, run: Run): Promise<void> {
    try {
      const club = await this.clubOf(video.folder, run);
      const sessionId = adoptedSessionId(club.id ?? 0, video.folder, video.name.slice(0, -'.mp4'.length));
      const known = await this.matches.find(sessionId);
      if (known) run.listener.there(video, await this.settle(video, club, sessionId, known, run.command));
      else run.listener.adopted(video, await this.adopt(video, club, sessionId, run));
    } catch (error) {
      const refusal = toRefusal(error);
      if (!refusal) throw error;
      if (!run.command.dryRun) await this.incoming.clear();
      run.listener.refused(video, refusal);
    }
  }

  private async clubOf(folder: string, { clubs, command }: Run): Promise<ReceivingClub> {
    let club = clubs.get(folder);
    if (!club) {
      club = await this.clubs.of(folder, command).catch((error: unknown) => {
        if (error instanceof Refusal) return error;
        throw error;
      });
      clubs.set(folder, club);
    }
    if (club instanceof Refusal) throw club;
    return club;
  }

  private async adopt(video: FoundVideo, club: ReceivingClub, sessionId: string, run: Run): Promise<Adoption> {
    const { entry, path, name } = video;
    const now = this.clock.now();
    if (entry.bytes === 0) throw new Refusal('empty');
    if (Math.abs(now - entry.modifiedAt.getTime()) < YOUNG_MS) throw new Refusal('still_written');
    const movie = await examineMovie(this.disk, this.tools, path);
    await this.reserveQuota(club, entry.bytes, run);
    const stem = name.slice(0, -'.mp4'.length);
    const time = matchTime(stem, entry.modifiedAt.getTime(), movie.durationSeconds, club.timeZone, now);
    const videoPath = club.id === null ? null : this.store.relativePath(club.id, sessionId);
    if (!run.command.dryRun && club.id !== null)
      await this.bring(video, { ...club, id: club.id }, sessionId, movie, time, run);
    return { videoPath, club, movie, time };
  }

  private async bring(
    { path, entry, folder, name }: FoundVideo,
    { id: clubId, ownerId }: ReceivingClub & { id: number },
    sessionId: string,
    movie: ForeignMovie,
    time: MatchTime,
    { command }: Run,
  ): Promise<void> {
    const reserve = this.config.diskReserveMb * MEBIBYTE;
    const taken = await this.incoming.take(path, entry, sessionId, command.way, reserve);
    if (taken.copied) await examineMovie(this.disk, this.tools, taken.path);
    await this.alone(async () => {
      const target = await this.incoming.target(clubId, sessionId);
      if ((await this.disk.stat(target)) === null) await publish(this.disk, taken.path, target);
      else if (await this.incoming.isSame(taken.path, target)) await this.incoming.discard(sessionId);
      else throw new Refusal('target_exists');
      await this.matches.enter({
        ...{ sessionId, clubId, ownerId, movie, time },
        courts: command.courts,
        videoPath: this.store.relativePath(clubId, sessionId),
        bytes: entry.bytes,
        from: `${folder}/${name}`,
      });
    });
    if (command.way === 'move') await this.takeAway(path);
  }

  /** @returns what is to be said of a video that is there. @throws Refusal where it is another one */
  private async settle(
    { path, entry }: FoundVideo,
    club: ReceivingClub,
    sessionId: string,
    known: KnownVideo | 'session',
    { way, dryRun }: ImportCommand,
  ): Promise<string> {
    if (known === 'session') throw new Refusal('id_taken', 'a session of this service');
    if (known.clubId !== club.id) throw new Refusal('id_taken', `of club ${known.clubId}`);
    if (known.deleted) return 'it was deleted here, and stays so';
    if (known.bytes !== entry.bytes) throw new Refusal('id_taken', 'of another size');
    if (way !== 'move' || dryRun) return '';
    // An earlier run was ended before it took this away, or took no file away at all.
    const target = this.store.videoPath(known.clubId, sessionId);
    if (!(await this.incoming.isSame(path, target))) throw new Refusal('id_taken', 'its bytes are others');
    await this.takeAway(path);
    return 'the old file was taken away';
  }

  private async takeAway(path: string): Promise<void> {
    faultPoint('import.move');
    await this.disk.unlink(path);
    await this.disk.syncFolder(dirname(path));
    faultPoint('import.moved');
  }

  private async reserveQuota({ id, quotaBytes }: ReceivingClub, bytes: number, { used }: Run): Promise<void> {
    if (id === null || quotaBytes === null) return;
    const before = used.get(id) ?? (await this.matches.bytesOf(id));
    if (before + bytes > quotaBytes) throw new Refusal('quota_exceeded');
    used.set(id, before + bytes);
  }

  /** While nobody else compares files with rows. */
  private async alone(work: () => Promise<void>): Promise<void> {
    const attempt = async (): Promise<true> => {
      await work();
      return true;
    };
    while ((await underAdvisoryLock(this.database, 'files_and_rows', attempt)) === null) {
      await new Promise<void>((resolve) => this.clock.after(TURN_MS, resolve));
    }
  }

  /** A disk that is not mounted, or another installation's, must not be filled. */
  private async mustBeOurs(): Promise<void> {
    const [row] = await this.database.query<{ videos_id: string | null }[]>('SELECT videos_id FROM installation');
    const [owner, id] = [await this.store.readOwner(), row?.videos_id ?? null];
    if (owner === id || (owner === null && id === null)) return;
    if (owner === null) {
      throw new ImportStopped(
        `VIDEOS_DIR (${this.store.root}) lacks the mark of this installation: is its disk mounted?`,
      );
    }
    throw new ImportStopped(`VIDEOS_DIR (${this.store.root}) holds the videos of another installation.`);
  }
}
