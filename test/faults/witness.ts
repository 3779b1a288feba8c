import { CameraServer, monotonic, ReadFrame, SentFrame } from '../cameras';

/** A picture that a camera played. */
export interface SentPicture {
  /** What its time bars show. */
  readonly bars: number;
  /** Counts on over the clip's loops. */
  readonly number: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Somebody was connected and got it. */
  readonly delivered: boolean;
}

/** Remembers what a camera sends, to be compared with what became of it. */
export class Witness {
  readonly sent: SentPicture[] = [];
  private readonly offset = Date.now() - monotonic();
  private readonly onFrame = ({ bars, number, at, clients }: SentFrame): void => {
    this.sent.push({ bars, number, at: at + this.offset, delivered: clients > 0 });
  };

  constructor(private readonly camera: CameraServer) {
    camera.on('frame', this.onFrame);
  }

  leave(): void {
    this.camera.off('frame', this.onFrame);
  }
}

/** A recorded file as it was decoded, and when it was taken; epoch milliseconds. */
export interface Developed {
  readonly frames: readonly ReadFrame[];
  readonly startedAt: number;
  readonly stoppedAt: number;
}

/** Pictures in a row that the camera handed over and the file does not have. */
export interface Loss {
  /** Seconds of the file. */
  readonly at: number;
  readonly seconds: number;
  readonly pictures: number;
}

/** A picture stands in the file where it was sent, give or take so much; a clip's numbers come again only later. */
const NEAR_MS = 1500;
/** Between the first picture and the request, and between the last picture and the answer, nobody can say which are in. */
const EDGE_MS = 300;

/** What of the pictures that were handed over is not in the file, in order. */
export function losses(sent: readonly SentPicture[], { frames, startedAt, stoppedAt }: Developed): Loss[] {
  const times = new Map<number, number[]>();
  for (const { bars, seconds } of frames) {
    if (bars === null) continue;
    const known = times.get(bars);
    if (known) known.push(startedAt + seconds * 1000);
    else times.set(bars, [startedAt + seconds * 1000]);
  }
  const handed = sent.filter(({ at, delivered }) => delivered && at > startedAt + EDGE_MS && at < stoppedAt - EDGE_MS);
  const found: Loss[] = [];
  let run: SentPicture[] = [];
  const flush = (next?: SentPicture): void => {
    const [first] = run;
    const last = run[run.length - 1];
    if (first && last) {
      const usual = run.length > 1 ? (last.at - first.at) / (run.length - 1) : 0;
      const end = next && next.at - last.at < 1000 ? next.at : last.at + usual;
      found.push({
        at: (first.at - startedAt) / 1000,
        seconds: Math.max(0, end - first.at) / 1000,
        pictures: run.length,
      });
    }
    run = [];
  };
  for (const picture of handed) {
    const kept = times.get(picture.bars)?.some((time) => Math.abs(time - picture.at) < NEAR_MS);
    if (kept) flush(picture);
    else run.push(picture);
  }
  flush();
  return found;
}

/** The longest of them, in seconds; 0 where nothing is missing. */
export function worstLoss(found: readonly Loss[]): number {
  return found.reduce((worst, { seconds }) => Math.max(worst, seconds), 0);
}
