import { MAX_ID } from '../common/ids';
import { WayIn } from '../storage/incoming-videos';

/** What `npm run import` was asked for. */
export interface ImportCommand {
  /** The folder that holds the clubs' folders. */
  readonly folder: string;
  /** Says what would be done, and does nothing. */
  readonly dryRun: boolean;
  /** Clubs of ours by their folder's name in the first system. */
  readonly clubs: ReadonlyMap<string, number>;
  readonly way: WayIn;
  /** Whose the videos become; `null`: the club's first admin's. */
  readonly owner: string | null;
  /** Courts that the videos are said to come from, at most one a club. */
  readonly courts: readonly number[];
  /** A folder that is no club of ours becomes one. */
  readonly createClubs: boolean;
}

export const IMPORT_USAGE = `npm run import -- <folder> [options]

  <folder>               holds a folder for each club, and in it the videos: the first system's static/videos
  --dry-run              says what would be done, and does nothing
  --map <folder>=<id>    a club's folder, and the id of that club here; again for each
  --create-clubs         makes a club of each folder that is none
  --owner <e-mail>       whose the videos become; else the club's first admin's
  --court <id>           where they were recorded; else on a court "Imported", which is made; again for each club
  --copy                 every file gets bytes of its own
  --move                 every file is taken away from <folder> once it is safely here

Without --copy and --move a file is shared where the disk can, and copied where it cannot; <folder> stays as it is.`;

/** The command cannot be understood. */
export class ImportUsageError extends Error {
  constructor(message: string) {
    super(`${message}. Use it so:\n\n${IMPORT_USAGE}`);
    this.name = 'ImportUsageError';
  }
}

/** Reads the words behind `npm run import --`. @throws ImportUsageError */
export function readImportCommand(words: readonly string[]): ImportCommand {
  const rest = [...words];
  const folders: string[] = [];
  const clubs = new Map<string, number>();
  const courts: number[] = [];
  const flags = new Set<string>();
  let owner: string | null = null;
  const value = (option: string): string => {
    const next = rest.shift();
    if (next === undefined || next.startsWith('--')) throw new ImportUsageError(`${option} lacks what it is about`);
    return next;
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--map') {
      addClub(clubs, value(word));
      // Several may follow one --map.
      while (rest[0] !== undefined && isMapping(rest[0])) addClub(clubs, rest.shift() as string);
    } else if (word === '--owner') owner = value(word);
    else if (word === '--court') courts.push(idOf(value(word), '--court'));
    else if (['--dry-run', '--create-clubs', '--copy', '--move'].includes(word)) flags.add(word);
    else if (word.startsWith('--')) throw new ImportUsageError(`${word} is no option`);
    else folders.push(word);
  }
  const [folder] = folders;
  if (folder === undefined || folders.length > 1) throw new ImportUsageError('One folder must be named');
  if (flags.has('--copy') && flags.has('--move')) throw new ImportUsageError('--copy and --move exclude each other');
  return {
    folder,
    dryRun: flags.has('--dry-run'),
    clubs,
    way: flags.has('--move') ? 'move' : flags.has('--copy') ? 'copy' : 'link',
    owner,
    courts,
    createClubs: flags.has('--create-clubs'),
  };
}

function isMapping(word: string): boolean {
  return /^[^-].*=\d+$/s.test(word);
}

function addClub(clubs: Map<string, number>, mapping: string): void {
  const at = mapping.lastIndexOf('=');
  if (at < 1) throw new ImportUsageError(`--map ${JSON.stringify(mapping)} is not <folder>=<id of a club>`);
  const folder = mapping.slice(0, at);
  if (clubs.has(folder)) throw new ImportUsageError(`--map names ${JSON.stringify(folder)} twice`);
  clubs.set(folder, idOf(mapping.slice(at + 1), '--map'));
}

function idOf(text: string, option: string): number {
  const id = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : NaN;
  if (!(id <= MAX_ID)) throw new ImportUsageError(`${option}: ${JSON.stringify(text)} is no id`);
  return id;
}
