import { AutoStopPace } from '../../src/activity/auto-stop-pace';
import { TASKS } from '../../src/maintenance/task-table';

/**
 * Loaded before the service, it makes a minute without play a second, and upkeep soon: the rules are the same, only nobody waits
 * for as long as players do.
 */
const PACE: Partial<AutoStopPace> = { minute: 1, warning: 8 };
const STORAGE_MS = 2_000;

// The service makes its own pace and sets its fields; what they are is decided here.
for (const [name, seconds] of Object.entries(PACE)) {
  Object.defineProperty(AutoStopPace.prototype, name, { get: () => seconds, set: () => undefined });
}
Object.assign(TASKS.storage, { everyMs: STORAGE_MS });
