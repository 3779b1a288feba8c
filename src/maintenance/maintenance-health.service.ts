import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { within } from '../common/within';
import { UpkeepSource } from '../health/upkeep-source';
import { DiskForecast, DiskWatch } from './disk-watch.service';
import { viewOfDisk, viewOfTask } from './dto/health-details.dto';
import { ScheduledTasks } from './scheduled-tasks.service';
import { TaskLog } from './task-log.service';
import { TASK_NAMES, TaskRun } from './task-table';

/** Health answers within two seconds, and who asks has been looked up before: a database or a disk that hangs is left out. */
const PATIENCE_MS = 400;

/** Tells health how tasks went, and how long the disk lasts. */
@Injectable()
export class MaintenanceHealth extends UpkeepSource {
  constructor(
    private readonly tasks: ScheduledTasks,
    private readonly log: TaskLog,
    private readonly disk: DiskWatch,
    private readonly clock: Clock,
  ) {
    super();
  }

  async details(): Promise<Readonly<Record<string, unknown>>> {
    const [logged, forecast] = await Promise.all([
      within<readonly TaskRun[]>(this.clock, PATIENCE_MS, this.log.last(), []),
      within<DiskForecast | null>(this.clock, PATIENCE_MS, this.disk.forecast(), null),
    ]);
    const runs = [...logged, ...this.tasks.lastHere()];
    return {
      tasks: TASK_NAMES.map((name) => viewOfTask(name, newest(runs.filter((run) => run.name === name)))),
      disk: forecast && viewOfDisk(forecast),
    };
  }
}

/** One that was skipped says least: whoever did the work says more. */
function newest(runs: readonly TaskRun[]): TaskRun | null {
  const done = runs.filter((run) => run.outcome !== 'skipped');
  const [run] = (done.length > 0 ? done : [...runs]).sort((a, b) => b.startedAt - a.startedAt);
  return run ?? null;
}
