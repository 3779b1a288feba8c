/** What health says about the work in hand, counted where it is done. */
export interface LoadFigures {
  readonly active_sessions: number;
  readonly active_recordings: number;
}

/**
 * Tells health how much is going on. A room that knows provides it: `{ provide: LoadSource, useExisting: X }` in a module
 * that exports it, found at run time; until one does, everything is 0. It answers from memory, so that health works
 * without a database.
 */
export abstract class LoadSource {
  abstract figures(): LoadFigures;
  /** More for admins, as plain data. */
  details?(): Readonly<Record<string, unknown>>;
}
