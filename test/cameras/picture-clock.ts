import { CameraServer } from './camera-server';
import { readWithFfmpeg } from './ffmpeg-reader';

/** A picture that a camera took: what its time bars show, and when, in monotonic milliseconds of the machine. */
export interface TakenPicture {
  readonly bars: number;
  readonly capturedAt: number;
}

/** From now on, what a camera takes. */
export function followPictures(camera: CameraServer): TakenPicture[] {
  const taken: TakenPicture[] = [];
  camera.on('frame', ({ bars, capturedAt }) => taken.push({ bars, capturedAt }));
  return taken;
}

/** A picture in a film. Monotonic milliseconds of the machine. */
export interface FilmedPicture {
  readonly shownAt: number;
  readonly capturedAt: number;
}

/**
 * Reads the clock in a film's pictures: which picture it is stands in its bars, and when it was taken the camera knows.
 * @param beganAt when the film's time zero was, by its session's clock, in monotonic milliseconds
 * @throws Error where a picture cannot be read, or is none that the camera took within half a loop of its clip
 */
export async function readClock(
  path: string,
  beganAt: number,
  taken: readonly TakenPicture[],
): Promise<FilmedPicture[]> {
  const { frames, complaints } = await readWithFfmpeg(path);
  if (complaints !== '') throw new Error(complaints);
  const byBars = new Map<number, number[]>();
  for (const { bars, capturedAt } of taken) byBars.set(bars, [...(byBars.get(bars) ?? []), capturedAt]);
  return frames.map(({ bars, seconds }) => {
    const shownAt = beganAt + seconds * 1000;
    const distance = (capturedAt: number): number => Math.abs(shownAt - capturedAt);
    const loops = bars === null ? [] : (byBars.get(bars) ?? []);
    const [first, ...others] = loops;
    if (first === undefined) throw new Error(`the picture at ${seconds} s is none of the camera's`);
    return { shownAt, capturedAt: others.reduce((best, at) => (distance(at) < distance(best) ? at : best), first) };
  });
}

/** What a film shows at a moment, in monotonic milliseconds of the machine. */
export interface ShownMoment {
  /** When the picture on the screen was taken. */
  readonly taken: number;
  /** The same, and the time since it was shown: two cameras' pictures are never taken together. */
  readonly clock: number;
}

/** `null` before a film's first picture and after its last. */
export function clockAt(film: readonly FilmedPicture[], moment: number): ShownMoment | null {
  const next = film.findIndex(({ shownAt }) => shownAt > moment);
  const shown = film[next - 1];
  return shown ? { taken: shown.capturedAt, clock: shown.capturedAt + (moment - shown.shownAt) } : null;
}
