import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../common/clock';
import { ScheduledTasks } from '../maintenance/scheduled-tasks.service';
import { Counts, TASKS } from '../maintenance/task-table';
import { RecordingStops, StoppableRow } from '../recording/recording-stops.service';
import { CourtRuntime, RecordingFacts } from '../runtime/court-runtime';
import { ActivityLog } from './activity-log.service';
import { AutoStopNews } from './auto-stop-news.service';
import { AutoStopPace } from './auto-stop-pace';
import { Verdict, verdictOn } from './auto-stop-rule';

/**
 * Stops recordings of courts on which nobody plays any more, where the club wants that, a minute after it has said so. Only the
 * process that moves a recording's bytes acts on it, and only by what it can read in the database: after a restart it says so
 * again, and while the database is away nothing stops.
 */
@Injectable()
export class AutoStop {
  private readonly logger = new Logger(AutoStop.name);
  /** When a warning of this process has been there long enough, by session; {@link Clock.monotonic}. */
  private readonly warned = new Map<string, number>();

  constructor(
    private readonly log: ActivityLog,
    private readonly stops: RecordingStops,
    private readonly runtime: CourtRuntime,
    private readonly news: AutoStopNews,
    private readonly pace: AutoStopPace,
    private readonly tasks: ScheduledTasks,
    private readonly clock: Clock,
  ) {}

  @Interval(TASKS.auto_stop.everyMs)
  async tick(): Promise<void> {
    if (this.runtime.openSessions().length > 0) await this.tasks.run('auto_stop', () => this.look());
  }

  private async look(): Promise<Counts> {
    const rows = await this.stops.among(this.runtime.openSessions());
    const there = new Set(rows.map((row) => row.session_id));
    for (const id of this.warned.keys()) if (!there.has(id)) this.warned.delete(id);
    let stopped = 0;
    for (const row of rows) if (await this.judge(row)) stopped++;
    return { watched_recordings: rows.length, stopped_recordings: stopped };
  }

  /** @returns whether it stops now */
  private async judge(row: StoppableRow): Promise<boolean> {
    const { session_id: id, auto_stop_at: said, auto_stop_minutes: minutes } = row;
    const recording = this.runtime.recording(id);
    if (!recording || recording.stoppedAt !== null) return false;
    // It was decided, and the process that did so died before it was done.
    if (row.stop_reason !== null) return this.stop(id);
    if (minutes === null && said === null) return false;
    const verdict = minutes === null ? null : await this.verdictOn(row, minutes, recording);
    if (verdict === null || verdict.state === 'goes_on') {
      this.warned.delete(id);
      if (said !== null) await this.announce(row, null);
      return false;
    }
    const due = said === null ? undefined : this.warned.get(id);
    if (due === undefined) await this.announce(row, this.clock.now() + this.pace.warning * 1000);
    else if (verdict.state === 'over' && this.clock.monotonic() >= due) return this.decide(row, verdict);
    return false;
  }

  private async verdictOn(row: StoppableRow, minutes: number, recording: RecordingFacts): Promise<Verdict> {
    const { startedAt, durationSeconds: length } = recording;
    const scores = await this.log.scoresOf(row.session_id);
    const kept = row.kept_at === null || startedAt === null ? 0 : (row.kept_at.getTime() - startedAt) / 1000;
    return verdictOn({ minutes, scores, length, keptAt: Math.max(0, kept) }, this.pace);
  }

  private async announce(row: StoppableRow, time: number | null): Promise<void> {
    const { session_id: sessionId, auto_stop_at: said } = row;
    const at = time === null ? null : new Date(time);
    if (!(await this.stops.announce(sessionId, said, at))) return;
    if (at !== null) this.warned.set(sessionId, this.clock.monotonic() + this.pace.warning * 1000);
    this.news.tell({ sessionId, at });
  }

  private async decide({ session_id: id, auto_stop_at: said }: StoppableRow, verdict: Verdict): Promise<boolean> {
    if (!(await this.stops.decide(id, said as Date, verdict.quietSeconds))) return false;
    this.logger.log(
      { sessionId: id, quietSeconds: verdict.quietSeconds },
      'Nobody plays: a recording stops by itself.',
    );
    return this.stop(id);
  }

  /** Not waited for: its file takes as long as it takes. */
  private stop(id: string): boolean {
    this.warned.delete(id);
    void this.runtime.stopRecording(id);
    return true;
  }
}
