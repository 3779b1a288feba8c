import { Counts } from './task-table';

/**
 * A task stopped because going on could do harm: somebody has to look. Its message is for admins of any club; what names
 * a club or a path belongs into `facts`, which go to the log only.
 */
export class MaintenanceAlarm extends Error {
  constructor(
    message: string,
    readonly facts: Readonly<Record<string, unknown>> = {},
    /** What was done all the same. */
    readonly counts: Counts = {},
  ) {
    super(message);
    this.name = 'MaintenanceAlarm';
  }
}
