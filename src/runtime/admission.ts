/** What somebody wants to begin. `encoded_recording`: of a camera that does not send H.264, so one more FFmpeg encodes. */
export type Wish = 'session' | 'recording' | 'encoded_recording';

/** How this process and its encoders keep up, measured. Milliseconds. */
export interface NodeLoad {
  /** 99th percentile of the event loop's delay over the last seconds; `null` where not yet known. */
  readonly loopP99Ms: number | null;
  /** For how long each running encoder has been late without a break; 0 for those that keep up. */
  readonly encodersLateForMs: readonly number[];
}

/** Why not now. */
export type Overload = 'event_loop_late' | 'encoders_late';

/** Beyond it frames are read late, whatever the camera: a fragment a second is the promise. */
export const LOOP_LATE_MS = 500;
/** A machine catches up with a hiccup; what lasts longer is more than it can do. */
export const SUSTAINED_MS = 3_000;

/** From here on what has all the time there is stands back: long before anything is refused. */
const LOOP_STRAINED_MS = LOOP_LATE_MS / 2;

/** Whether recordings feel that the machine has much to do: a first sign is enough for what can wait. */
export function isStrained({ loopP99Ms, encodersLateForMs }: NodeLoad): boolean {
  return (loopP99Ms !== null && loopP99Ms > LOOP_STRAINED_MS) || encodersLateForMs.some((ms) => ms > 0);
}

/**
 * Whether something may begin, judged by how late frames are, never by a guess at what a machine can do. What runs already
 * comes first: nothing is ended for what is new.
 */
export function overloadFor(wish: Wish, load: NodeLoad): Overload | null {
  if (load.loopP99Ms !== null && load.loopP99Ms > LOOP_LATE_MS) return 'event_loop_late';
  const late = load.encodersLateForMs.some((ms) => ms >= SUSTAINED_MS);
  return wish === 'encoded_recording' && late ? 'encoders_late' : null;
}
