import { join, sep } from 'node:path';
import { Disk, DiskEntry, isErrno } from '../storage/disk';
import { ImportStopped, Refusal, RefusalCode } from './refusal';

/** Something in the first system's folder. */
export interface Found {
  /** The club's folder. */
  readonly folder: string;
  /** In it; of what lies beside the clubs' folders the folder is empty. */
  readonly name: string;
  readonly path: string;
}

/** A file that may be a video. */
export interface FoundVideo extends Found {
  readonly entry: DiskEntry;
}

/** What is found, or why it is not looked at. */
export type Finding = { readonly video: FoundVideo } | { readonly found: Found; readonly refusal: Refusal };

/**
 * The first system's `static/videos`: `<club>/<session>.mp4`. No symbolic link below it is followed, names with a dot in front
 * are passed over, and no more than the names of one club are in memory.
 */
export class SourceFolder {
  private constructor(
    private readonly disk: Disk,
    /** Without symbolic links. */
    readonly root: string,
  ) {}

  /** @throws ImportStopped where it is none, or the folder of our own videos */
  static async open(disk: Disk, path: string, videosRoot: string): Promise<SourceFolder> {
    const root = await disk.realPath(path).catch(() => null);
    if (root === null || (await disk.stat(root))?.kind !== 'folder') {
      throw new ImportStopped(`${shown(path)} is no folder that can be read.`);
    }
    if (isWithin(root, videosRoot) || isWithin(videosRoot, root)) {
      throw new ImportStopped(
        `${shown(path)} and VIDEOS_DIR (${videosRoot}) lie in each other. Move the first system's folder elsewhere, ` +
          'or give this service another VIDEOS_DIR.',
      );
    }
    if ((await disk.stat(join(root, 'static', 'videos')))?.kind === 'folder') {
      throw new ImportStopped(`Name the folder that holds the clubs: ${shown(join(path, 'static', 'videos'))}`);
    }
    return new SourceFolder(disk, root);
  }

  /** What lies in it, club by club, by name. */
  async *findings(): AsyncGenerator<Finding> {
    for (const folder of await this.names(this.root)) {
      const path = join(this.root, folder);
      const entry = await this.disk.stat(path);
      if (entry?.kind === 'folder') yield* this.inClub(folder, path);
      else {
        const code = entry?.kind === 'file' ? 'not_in_club_folder' : entry === null ? 'unreadable' : 'symbolic_link';
        yield { found: { folder: '', name: folder, path }, refusal: new Refusal(code) };
      }
    }
  }

  private async *inClub(folder: string, path: string): AsyncGenerator<Finding> {
    let names: string[];
    try {
      names = await this.names(path);
    } catch (error) {
      if (!isErrno(error, 'EACCES', 'EPERM', 'ENOENT', 'EIO')) throw error;
      yield { found: { folder, name: '', path }, refusal: new Refusal('unreadable', '', { cause: error }) };
      return;
    }
    for (const name of names) {
      const found = { folder, name, path: join(path, name) };
      const entry = await this.disk.stat(found.path);
      const code = faultOf(name, entry);
      if (code === null) yield { video: { ...found, entry: entry as DiskEntry } };
      else yield { found, refusal: new Refusal(code) };
    }
  }

  private async names(folder: string): Promise<string[]> {
    return (await this.disk.list(folder)).filter((name) => !name.startsWith('.')).sort();
  }
}

function faultOf(name: string, entry: DiskEntry | null): RefusalCode | null {
  // A name that is no UTF-8 comes changed, and leads nowhere.
  if (entry === null) return 'unreadable';
  if (entry.kind === 'other') return 'symbolic_link';
  if (entry.kind === 'folder') return 'not_a_file';
  return /.\.mp4$/is.test(name) ? null : 'not_mp4_name';
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

/** A name as it may stand in a line: in quotes where it holds anything that is not plain. */
export function shown(name: string): string {
  if (/^[\w./@+~-]+$/.test(name)) return name;
  // JSON escapes control characters; what turns a line around or hides in it is escaped as well.
  return JSON.stringify(name).replace(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
