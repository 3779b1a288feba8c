import { Frame, H264AccessUnit, H264Config } from '../media/access-unit';
import { SessionTimeline } from './session-timeline';

const config: H264Config = {
  kind: 'h264',
  sps: [],
  pps: [],
  width: 1920,
  height: 1080,
  codec: 'avc1.640028',
  reorderDepth: 0,
  nominalFps: 25,
  fingerprint: 'f',
};
const FRAME_MS = 40;
/** What the wall clock is at monotonic zero. */
export const EPOCH_MS = Date.UTC(2026, 10, 26);

/** A camera of 25 pictures a second whose truth is known. All times in milliseconds. */
export interface TrueCamera {
  /** Monotonic time of its first picture. */
  readonly from: number;
  readonly seconds: number;
  /** From the lens to us, and up to so many more. */
  readonly way: number;
  readonly jitter: number;
  /** By how much its stamps run too slowly, in millionths. */
  readonly ppm: number;
  /** Stamp of the first picture, in ticks. */
  readonly firstStamp: number;
  /** Frames between decoding and showing at keyframes. */
  readonly reorder?: number;
  /** Pictures between reports; 0: none. */
  readonly reportEvery: number;
  /** Picture that has the first report before it. */
  readonly firstReport: number;
  /** By how much the wall clock it tells is ahead, at the n-th picture; `null`: it tells none. */
  readonly ahead?: (n: number) => number | null;
  /** By how much its stamps have jumped by the n-th picture. */
  readonly jumped?: (n: number) => number;
  /** Picture with which another connection begins. */
  readonly reconnectsAt?: number;
}

interface Arrival {
  readonly unit: H264AccessUnit;
  readonly at: number;
  readonly captured: number;
  readonly report: { readonly ntpMs: number; readonly stamp: number } | null;
  readonly reconnected: boolean;
}

/** A picture on its timeline. */
export interface PlacedPicture {
  readonly frame: Frame;
  /** Session time at which a file shows it, minus the monotonic time at which it was taken. */
  readonly off: number;
  readonly captured: number;
}

/** The same random numbers each time. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

function arrivals(camera: TrueCamera, seed: number): Arrival[] {
  const random = randomOf(seed);
  let latest = 0;
  return Array.from({ length: (camera.seconds * 1000) / FRAME_MS }, (_, n) => {
    const captured = camera.from + n * FRAME_MS * (1 + camera.ppm * 1e-6);
    latest = Math.max(latest, captured + camera.way + random() * camera.jitter);
    const dts = camera.firstStamp + Math.round((n * FRAME_MS + (camera.jumped?.(n) ?? 0)) * 90);
    const pts = dts + (camera.reorder ?? 0) * FRAME_MS * 90;
    const keyframe = n % 25 === 0;
    const ahead = camera.ahead ? camera.ahead(n) : 0;
    const reports = camera.reportEvery > 0 && (n - camera.firstReport) % camera.reportEvery === 0 && ahead !== null;
    const report =
      reports && n >= camera.firstReport ? { ntpMs: EPOCH_MS + captured + (ahead as number), stamp: pts } : null;
    const unit: H264AccessUnit = { kind: 'h264', config, data: Buffer.alloc(1), keyframe, dts, pts };
    return { unit, at: latest, captured, report, reconnected: n === camera.reconnectsAt };
  });
}

/** Plays cameras to their timelines, in the order in which their pictures come. */
export function playTogether(
  cameras: readonly { readonly camera: TrueCamera; readonly timeline: SessionTimeline }[],
): PlacedPicture[][] {
  const placed = cameras.map((): PlacedPicture[] => []);
  const waiting = cameras.map((): number[] => []);
  const all = cameras.flatMap(({ camera }, which) =>
    arrivals(camera, 7 + which).map((arrival) => ({ which, ...arrival })),
  );
  all.sort((a, b) => a.at - b.at);
  for (const { which, unit, at, captured, report, reconnected } of all) {
    const { timeline, camera } = cameras[which] as (typeof cameras)[number];
    const rest = reconnected ? timeline.beginConnection() : [];
    if (report) timeline.noteReport(report.ntpMs, report.stamp, EPOCH_MS + at);
    waiting[which]?.push(captured);
    for (const frame of [...rest, ...timeline.place(unit, at)]) {
      const taken = waiting[which]?.shift() as number;
      const shownAt = (frame.dts + frame.cts) / 90 - (camera.reorder ?? 0) * FRAME_MS;
      placed[which]?.push({ frame, off: shownAt - taken, captured: taken });
    }
  }
  return placed;
}

/** By how much the second camera's pictures lie later than the first one's of the same moment, each from `after` on. */
export function apart([first = [], second = []]: readonly PlacedPicture[][], after = 0): number[] {
  let at = 0;
  return second.flatMap(({ off, captured }) => {
    while (at + 1 < first.length && (first[at + 1] as PlacedPicture).captured <= captured) at++;
    return captured < after || at + 1 === first.length ? [] : [off - (first[at] as PlacedPicture).off];
  });
}
