import { ImportCommand } from './import-command';
import { Refusal } from './refusal';
import { Found, FoundVideo, shown } from './source-folder';
import { Adoption, ImportListener } from './video-import.service';

const DAY_MS = 24 * 60 * 60_000;
/** Files between two lines of progress, where nobody sees a line change. */
const EVERY = 500;

/** Where lines go. */
export interface ReportOutput {
  /** One line for each file, and the summary. */
  line(text: string): void;
  /** How far it is; on a terminal each takes the place of the one before. */
  progress(text: string): void;
  /** Whether progress can be shown in place. */
  readonly inPlace: boolean;
}

/** Says in plain words what becomes of each file, and what became of all. It keeps sums, no files. */
export class ImportReport implements ImportListener {
  private total = 0;
  private done = 0;
  private adoptedFiles = 0;
  private adoptedBytes = 0;
  private thereFiles = 0;
  private refusedFiles = 0;
  private unplayable = 0;
  /** What is to be said of clubs that delete old videos. */
  private readonly retention = new Map<string, string>();

  constructor(
    private readonly command: ImportCommand,
    private readonly output: ReportOutput,
    private readonly now: () => number,
  ) {}

  /** 0: nothing was refused; 1: something was. */
  get exitCode(): 0 | 1 {
    return this.refusedFiles > 0 ? 1 : 0;
  }

  begun(total: number): void {
    this.total = total;
  }

  adopted({ folder, name, entry }: FoundVideo, { videoPath, club, movie }: Adoption): void {
    this.adoptedFiles++;
    this.adoptedBytes += entry.bytes;
    const facts = `${lengthOf(movie.durationSeconds)}, ${sizeOf(entry.bytes)}, ${movie.codec} ${movie.width}x${movie.height}`;
    const note = movie.unplayable ? `; browsers may not play ${movie.codec}` : '';
    if (movie.unplayable) this.unplayable++;
    const place = videoPath ?? `a new club ${shown(club.name)}`;
    this.line(`${this.verb}  ${shown(`${folder}/${name}`)} -> ${place} (${facts}${note})`);
    if (club.retentionDays !== null) this.noteRetention(club.name, club.retentionDays);
  }

  there({ folder, name }: FoundVideo, note: string): void {
    this.thereFiles++;
    this.line(`there    ${shown(`${folder}/${name}`)}${note === '' ? '' : `: ${note}`}`);
  }

  refused({ folder, name }: Found, refusal: Refusal): void {
    this.refusedFiles++;
    const path = [folder, name].filter((part) => part !== '').join('/');
    this.line(`refused  ${shown(path)}: ${refusal.message} (${refusal.code})`);
  }

  /** After the last file. */
  summary(): void {
    const counts = `${this.adoptedFiles} (${sizeOf(this.adoptedBytes)})`;
    const adopted = this.command.dryRun ? `would adopt ${counts}` : `adopted ${counts}`;
    this.output.line(`${adopted}, already there ${this.thereFiles}, refused ${this.refusedFiles}`);
    if (this.unplayable > 0) {
      this.output.line(`${this.unplayable} of them browsers may not play: they can be downloaded, and VLC plays them.`);
    }
    for (const sentence of this.retention.values()) this.output.line(sentence);
  }

  private get verb(): string {
    return this.command.dryRun ? 'would  ' : 'adopted';
  }

  private line(text: string): void {
    this.output.line(text);
    this.done++;
    if (!this.output.inPlace && this.done % EVERY !== 0) return;
    this.output.progress(`${this.done} of ${this.total}`);
  }

  private noteRetention(club: string, days: number): void {
    const first = new Date(this.now() + days * DAY_MS).toISOString().slice(0, 10);
    this.retention.set(
      club,
      `${shown(club)} deletes videos after ${days} days. For these that counts from today: the first go on ${first}.`,
    );
  }
}

function sizeOf(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] as string}`;
}

function lengthOf(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}
