import { RecordingPhase } from '../runtime/court-runtime';

/** States of a recording; `recordings.status` and the wire's `recording.status`. */
export type RecordingStatus = RecordingPhase;

/** Why a recording stopped by itself before its planned end. */
export const STOP_REASONS = ['no_play'] as const;
export type StopReason = (typeof STOP_REASONS)[number];

/** The legal transitions. A recording that is `ready` stays so; one that failed may be finished by a later try. */
const TRANSITIONS: Readonly<Record<RecordingStatus, readonly RecordingStatus[]>> = {
  starting: ['recording', 'reconnecting', 'stopping', 'finalizing', 'failed'],
  recording: ['reconnecting', 'stopping', 'finalizing', 'ready', 'failed'],
  reconnecting: ['recording', 'stopping', 'finalizing', 'ready', 'failed'],
  stopping: ['finalizing', 'ready', 'failed'],
  finalizing: ['ready', 'failed'],
  ready: [],
  failed: ['finalizing', 'ready'],
};

/** States in which frames are still wanted. */
export const ACTIVE_STATUSES = ['starting', 'recording', 'reconnecting'] as const satisfies readonly RecordingStatus[];

export function isActive(status: RecordingStatus): boolean {
  return (ACTIVE_STATUSES as readonly RecordingStatus[]).includes(status);
}

/**
 * What is said of a recording that this process has at another state than its row. Who hears that a file is ready asks for it, and
 * for its length: until the rows have them, it is being finished.
 */
export function statusSaid(row: RecordingStatus, here: RecordingStatus): RecordingStatus {
  return here === 'ready' && row !== 'ready' ? 'finalizing' : here;
}

/** The states from which `to` may be reached, `to` itself included: the `WHERE` of the one UPDATE that moves a recording. */
export function statusesBefore(to: RecordingStatus): RecordingStatus[] {
  return (Object.keys(TRANSITIONS) as RecordingStatus[]).filter(
    (from) => from === to || TRANSITIONS[from].includes(to),
  );
}
