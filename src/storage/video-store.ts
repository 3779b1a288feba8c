import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { faultPoint } from '../common/fault-point';
import { Disk, DiskEntry, DiskFile, isErrno, readFully, writeFully } from './disk';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const RECORDINGS = '.recordings';
const TRASH = '.trash';
const STOP_WISH = 'stop.json';
const OWNER_MARK = '.installation';
/** Bytes. */
const LARGEST_NOTE = 1024;

/** What is kept beside a journal when its end was wished, before anything is done about it. */
export interface StopWish {
  /** Session time of the end in ticks. */
  readonly endTicks: number;
}

/** A video that may be read, and its size and time. */
export interface OpenVideo {
  readonly path: string;
  readonly file: DiskFile;
  readonly entry: DiskEntry;
}

/** A name in the store is not one of ours, or leads out of it. Never caused by a caller whose ids were validated. */
export class VideoPathError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'VideoPathError';
  }
}

/**
 * Where videos and recordings lie, and the only place that makes their paths:
 *
 *     VIDEOS_DIR/<club_id>/<session_id>.mp4
 *     VIDEOS_DIR/<club_id>/highlights/, .making/          see HighlightShelf
 *     VIDEOS_DIR/.recordings/<session_id>/part-N.mp4, stop.json
 *     VIDEOS_DIR/.thumbnails/<club_id>/<session_id>.jpg  see ThumbnailShelf
 *     VIDEOS_DIR/.incoming/<session_id>*.mp4             being adopted or fetched back, see IncomingVideos
 *     VIDEOS_DIR/.branded/<club_id>/<share_id>.mp4       see BrandedShelf
 *     VIDEOS_DIR/.compressing/<session_id>.<random>.*    being coded anew, see CompressionShelf
 *     VIDEOS_DIR/.trash/<random>                         deleted, not yet gone
 *     VIDEOS_DIR/.quarantine/<yyyy-mm-dd>/<path>         what nobody knew, see Quarantine
 *     VIDEOS_DIR/.installation                           whose videos these are
 *
 * Ids are checked again here, and no symbolic link below VIDEOS_DIR is followed (VIDEOS_DIR itself may be one).
 */
export class VideoStore {
  private constructor(
    private readonly disk: Disk,
    /** VIDEOS_DIR without symbolic links. */
    readonly root: string,
  ) {}

  /** Makes the folders where they are missing. @throws the file system's error where VIDEOS_DIR cannot be used */
  static async open(disk: Disk, videosDir: string): Promise<VideoStore> {
    await disk.makeFolder(videosDir);
    const store = new VideoStore(disk, await disk.realPath(videosDir));
    for (const name of [RECORDINGS, TRASH]) await disk.makeFolder(join(store.root, name));
    await disk.syncFolder(store.root);
    return store;
  }

  /** `<club_id>/<session_id>.mp4`: `video_path` of the wire contract. @throws VideoPathError for ids that are none */
  relativePath(clubId: number, sessionId: string): string {
    if (!Number.isSafeInteger(clubId) || clubId < 1) throw new VideoPathError('not a club id');
    return join(String(clubId), `${checked(sessionId)}.mp4`);
  }

  /** Absolute path of a video, whether it exists or not. */
  videoPath(clubId: number, sessionId: string): string {
    return join(this.root, this.relativePath(clubId, sessionId));
  }

  /** Absolute path of a recording's folder, whether it exists or not. */
  recordingFolder(sessionId: string): string {
    return join(this.root, RECORDINGS, checked(sessionId));
  }

  /** Makes a recording's folder; its name is durable when this settles. */
  async makeRecordingFolder(sessionId: string): Promise<string> {
    const folder = this.recordingFolder(sessionId);
    await this.disk.makeFolder(folder);
    faultPoint('folder.made');
    await this.mustBeOurs(folder);
    await this.disk.syncFolder(dirname(folder));
    return folder;
  }

  /** Sessions that have a recording's folder: unfinished ones, or what a crash left. */
  async listRecordings(): Promise<string[]> {
    return (await this.disk.list(join(this.root, RECORDINGS))).filter((name) => UUID.test(name)).sort();
  }

  /** Numbers of the parts in a recording's folder, ascending; empty where there is none. */
  async listParts(sessionId: string): Promise<number[]> {
    const names = await this.disk.list(this.recordingFolder(sessionId)).catch(emptyIfMissing);
    const numbers = names.map((name) => Number(/^part-([1-9]\d{0,5})\.mp4$/.exec(name)?.[1] ?? 0));
    return numbers.filter((number) => number > 0).sort((a, b) => a - b);
  }

  /** Opens a part to read it; it stays readable whatever name it gets or loses. `null` where there is none, or no more. */
  async openPart(sessionId: string, number: number): Promise<DiskFile | null> {
    const folder = this.recordingFolder(sessionId);
    try {
      await this.mustBeOurs(folder);
      return await this.disk.open(join(folder, `part-${number}.mp4`), 'read');
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return null;
      throw error;
    }
  }

  /** Keeps the wish to stop, durably, before it is carried out: a stop that was acknowledged is never resumed. */
  async writeStopWish(sessionId: string, wish: StopWish): Promise<void> {
    await this.writeNote(
      join(this.recordingFolder(sessionId), STOP_WISH),
      JSON.stringify({ end_ticks: wish.endTicks }),
    );
  }

  /** `null` where no stop was wished. */
  async readStopWish(sessionId: string): Promise<StopWish | null> {
    const note = await this.readNote(join(this.recordingFolder(sessionId), STOP_WISH));
    if (note === null) return null;
    try {
      const wish = JSON.parse(note) as { end_ticks?: unknown };
      return typeof wish.end_ticks === 'number' ? { endTicks: wish.end_ticks } : null;
    } catch (error) {
      if (error instanceof SyntaxError) return null;
      throw error;
    }
  }

  /** Whose videos these are, as {@link writeOwner} left it; `null` where nobody said. */
  async readOwner(): Promise<string | null> {
    return (await this.readNote(join(this.root, OWNER_MARK)))?.trim() ?? null;
  }

  /** Writes durably whose videos these are. */
  writeOwner(owner: string): Promise<void> {
    return this.writeNote(join(this.root, OWNER_MARK), `${owner}\n`);
  }

  /** Bytes that may still be written beside the videos. */
  freeBytes(): Promise<number> {
    return this.disk.freeBytes(this.root);
  }

  /** Opens a video to read it; it stays readable while it is deleted. `null` where there is none. */
  async openVideo(clubId: number, sessionId: string): Promise<OpenVideo | null> {
    const path = this.videoPath(clubId, sessionId);
    const entry = await this.disk.stat(path);
    if (entry?.kind !== 'file') return null;
    await this.mustBeOurs(dirname(path));
    try {
      return { path, entry, file: await this.disk.open(path, 'read') };
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return null;
      throw error;
    }
  }

  /**
   * Deletes a video: at once nobody finds it, then its bytes go. A crash between leaves it in the trash.
   * @returns false where there was none
   */
  async deleteVideo(clubId: number, sessionId: string): Promise<boolean> {
    const path = this.videoPath(clubId, sessionId);
    const entry = await this.disk.stat(path);
    if (!entry) return false;
    await this.mustBeOurs(dirname(path));
    if (entry.kind === 'folder') throw new VideoPathError('a folder has the name of a video');
    const trash = join(this.root, TRASH, randomUUID());
    try {
      await this.disk.rename(path, trash);
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return false;
      throw error;
    }
    faultPoint('trash.renamed');
    await this.disk.syncFolder(dirname(path));
    faultPoint('trash.unlink');
    await this.disk.unlink(trash).catch(emptyIfMissing);
    faultPoint('trash.unlinked');
    return true;
  }

  /** Removes what a crash left in the trash. @returns how many files */
  async emptyTrash(): Promise<number> {
    const names = (await this.disk.list(join(this.root, TRASH))).filter((name) => UUID.test(name));
    for (const name of names) await this.disk.unlink(join(this.root, TRASH, name)).catch(emptyIfMissing);
    return names.length;
  }

  /** A small file that is there whole or not at all. */
  private async writeNote(path: string, text: string): Promise<void> {
    const temporary = `${path}.tmp`;
    await this.disk.unlink(temporary).catch(emptyIfMissing);
    const file = await this.disk.open(temporary, 'create');
    try {
      await writeFully(file, [Buffer.from(text)], 0);
      await file.datasync();
    } finally {
      await file.close();
    }
    faultPoint('wish.rename');
    await this.disk.rename(temporary, path);
    faultPoint('wish.renamed');
    await this.disk.syncFolder(dirname(path));
    faultPoint('wish.kept');
  }

  private async readNote(path: string): Promise<string | null> {
    const entry = await this.disk.stat(path);
    if (entry?.kind !== 'file' || entry.bytes > LARGEST_NOTE) return null;
    const file = await this.disk.open(path, 'read');
    try {
      return (await readFully(file, 0, entry.bytes)).toString('utf8');
    } finally {
      await file.close();
    }
  }

  private async mustBeOurs(folder: string): Promise<void> {
    if ((await this.disk.realPath(folder)) !== folder)
      throw new VideoPathError('a symbolic link leads out of the videos');
  }
}

function checked(sessionId: string): string {
  if (!UUID.test(sessionId)) throw new VideoPathError('not a session id');
  return sessionId;
}

function emptyIfMissing(error: unknown): never[] {
  if (isErrno(error, 'ENOENT')) return [];
  throw error;
}
