/**
 * Who does a task: `process`, each service process for what is its own; `installation`, one process at a time for all
 * that share the database.
 */
export type TaskScope = 'process' | 'installation';

export interface TaskFacts {
  readonly everyMs: number;
  readonly scope: TaskScope;
}

const UPKEEP_MS = 15 * 60_000;

/** What is done by the clock, how often, and by whom. */
export const TASKS = {
  /** Ends sessions that nobody needs, and those whose process is gone. */
  orphan_sessions: { everyMs: 15_000, scope: 'process' },
  /** Ends FFmpeg processes that an earlier life of the service left behind. */
  orphan_processes: { everyMs: 15_000, scope: 'process' },
  /** Finishes recordings whose process is gone. Two processes must not finish the same file. */
  stuck_recordings: { everyMs: 10_000, scope: 'installation' },
  /** Deletes videos that are too old, or too much. */
  retention: { everyMs: UPKEEP_MS, scope: 'installation' },
  /** Compares what lies on disk with the rows. */
  files_and_rows: { everyMs: UPKEEP_MS, scope: 'installation' },
  /** Removes what a crash left of deleted videos. */
  trash: { everyMs: UPKEEP_MS, scope: 'installation' },
  /** Warns before the disk is full. */
  disk_space: { everyMs: 60_000, scope: 'process' },
  /** Seals the cameras' addresses with the newest key. */
  camera_keys: { everyMs: UPKEEP_MS, scope: 'installation' },
  /** Makes markers chapters of finished videos, where that was left undone. */
  chapters: { everyMs: 60_000, scope: 'process' },
  /** Looks whether cameras are there. Processes share the courts out by claiming their rows. */
  camera_watch: { everyMs: 5_000, scope: 'process' },
  /** Takes the files of deleted highlights, and asks again for those that were left unmade. */
  highlights: { everyMs: 60_000, scope: 'installation' },
  /** Asks for the compression of videos whose turn it is, and clears up after those that ended in the middle. */
  compression: { everyMs: 60_000, scope: 'installation' },
  /** Forgets background work that ended long ago. */
  old_jobs: { everyMs: 60 * 60_000, scope: 'installation' },
  /** Opens and records what is booked. Of two processes the database lets one have the court. */
  bookings: { everyMs: 3_000, scope: 'process' },
  /** Stops recordings of courts on which nobody plays, where that is wanted. A process looks after those it moves. */
  auto_stop: { everyMs: 3_000, scope: 'process' },
  /** Asks for the calendars whose turn it is, and lets bookings follow them. */
  booking_calendars: { everyMs: 30_000, scope: 'installation' },
  /** Sends what webhooks are to be told. Processes share the messages out by claiming their rows. */
  webhooks: { everyMs: 3_000, scope: 'process' },
  /** Brings videos to their clubs' storages, takes files that are there, deletes there what was deleted. */
  storage: { everyMs: 15_000, scope: 'installation' },
} as const satisfies Record<string, TaskFacts>;

export type TaskName = keyof typeof TASKS;

export const TASK_NAMES = Object.keys(TASKS) as readonly TaskName[];

/** What a run did, in numbers by name. */
export type Counts = Readonly<Record<string, number>>;

/** `skipped`: another process was doing it. */
export type TaskOutcome = 'ok' | 'failed' | 'skipped';

/** One run of a task. */
export interface TaskRun {
  readonly name: TaskName;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly outcome: TaskOutcome;
  readonly result: Counts;
  /** A sentence for admins of any club: names none, holds no path. */
  readonly error: string | null;
}
