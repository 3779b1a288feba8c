/** Background work of the whole installation. */
export interface JobFigures {
  readonly waiting: number;
  readonly active: number;
  /** For good, within the last day. */
  readonly failed_last_day: number;
}

/**
 * Tells admins how background work does. The room that does it provides it (`{ provide: JobsSource, useExisting: X }`), and it
 * is found at run time.
 */
export abstract class JobsSource {
  abstract figures(): Promise<JobFigures>;
}
