/** What every job says of itself. */
export interface JobData {
  /** Whose it is; `null`: the whole installation's, for the operator to see. */
  readonly clubId: number | null;
}

/** A kind of background work, owned by one room. Its data hold ids, never secrets. */
export interface JobKind<T extends JobData> {
  /** Stable: rows carry it. Lower case, with underscores. */
  readonly name: string;
  /** Tries after the first one. */
  readonly retries: number;
  /** Before the first of these; each further wait is twice as long, with up to as much again by chance. */
  readonly backoffSeconds: number;
  /** No wait is longer. Default: an hour. */
  readonly maxBackoffSeconds?: number;
  /** How long one try may take, at most 23 h; then its signal aborts, and it has failed. */
  readonly expireSeconds: number;
  /** Run at once in this process. */
  readonly atOnce: number;
  /** Never there: it tells the compiler what the data are. */
  readonly data?: T;
}

/** One try of a job, as its work sees it. */
export interface JobContext {
  readonly id: string;
  /** 1 for the first try. A try that its process did not live to end does not count. */
  readonly attempt: number;
  /** No try comes after this one. */
  readonly last: boolean;
  /** Aborts where the job was cancelled, took too long, or the service ends; its reason says which ({@link JobEnd}). */
  readonly signal: AbortSignal;
  /** @param share of the work that is done, 0 to 1; told to those who look within two seconds */
  progress(share: number): void;
}

/** Why a job's signal aborts. */
export type JobEndCause = 'cancelled' | 'expired' | 'shutting_down';

/** The reason of a job's signal. */
export class JobEnd extends Error {
  constructor(readonly why: JobEndCause) {
    super(`The job was ended: ${why}`);
    this.name = 'JobEnd';
  }
}

/** Thrown by a job's work where trying again is of no use. Its message is a sentence for people, without paths or secrets. */
export class JobRefused extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'JobRefused';
  }
}
