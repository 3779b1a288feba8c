import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { AppConfig } from '../config/app-config';
import { CourtRuntime } from '../runtime/court-runtime';
import { VideoStore } from '../storage/video-store';
import { DiskWarnings, hoursLeft, writeRate } from './disk-forecast';
import { ScheduledTasks } from './scheduled-tasks.service';
import { Counts, TASKS } from './task-table';

/** Room on the disk of the videos, in bytes. */
export interface DiskForecast {
  readonly freeBytes: number;
  readonly reserveBytes: number;
  /** What running recordings write now, a second. */
  readonly writeRate: number;
  /** Until the reserve is reached at this rate; `null` where nothing records. */
  readonly hoursLeft: number | null;
}

/** Says how long the disk lasts, and warns in time. */
@Injectable()
export class DiskWatch {
  private readonly logger = new Logger(DiskWatch.name);
  private readonly warnings = new DiskWarnings();

  constructor(
    private readonly tasks: ScheduledTasks,
    private readonly store: VideoStore,
    private readonly runtime: CourtRuntime,
    private readonly config: AppConfig,
  ) {}

  @Interval(TASKS.disk_space.everyMs)
  async tick(): Promise<void> {
    await this.tasks.run('disk_space', () => this.work());
  }

  async forecast(): Promise<DiskForecast> {
    const freeBytes = await this.store.freeBytes();
    const reserveBytes = this.config.diskReserveMb * 2 ** 20;
    const courts = this.runtime.openSessions().flatMap((id) => this.runtime.status(id) ?? []);
    const rate = writeRate(courts);
    return { freeBytes, reserveBytes, writeRate: rate, hoursLeft: hoursLeft(freeBytes, reserveBytes, rate) };
  }

  private async work(): Promise<Counts> {
    const { freeBytes, writeRate: rate, hoursLeft: hours } = await this.forecast();
    const level = this.warnings.due(hours);
    if (level !== null) {
      this.logger.warn(
        { freeBytes, bytesPerSecond: rate, hoursLeft: hours },
        `At the rate of the recordings under way the disk is full in less than ${level} h: delete videos, or lower what clubs may keep.`,
      );
    }
    return { free_bytes: freeBytes, bytes_per_second: rate };
  }
}
