import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { ScheduledTasks } from '../maintenance/scheduled-tasks.service';
import { Counts, TASKS } from '../maintenance/task-table';
import { DEFAULT_CRF } from '../media/compress-args';
import { CompressionShelf } from '../storage/compression-shelf';
import { CompressionMaking } from './compression-making.service';
import { CompressionStore } from './compression-store.service';

/** Asks for what clubs want compressed, and ends what no job will end any more. */
@Injectable()
export class CompressionUpkeep {
  private readonly logger = new Logger(CompressionUpkeep.name);

  constructor(
    private readonly database: DataSource,
    private readonly rows: CompressionStore,
    private readonly making: CompressionMaking,
    private readonly shelf: CompressionShelf,
    private readonly tasks: ScheduledTasks,
  ) {}

  @Interval(TASKS.compression.everyMs)
  async tick(): Promise<void> {
    await this.tasks.run('compression', () => this.work());
  }

  private async work(): Promise<Counts> {
    const due = await this.rows.due();
    for (const { sessionId, clubId, codec, crf } of due) {
      await this.database.transaction(async (manager) => {
        const wanted = { sessionId, clubId, codec, crf: crf ?? DEFAULT_CRF[codec] };
        if (await this.rows.ask(wanted, manager)) await this.making.enqueue({ sessionId, clubId }, manager);
      });
    }
    const lost = await this.rows.lost();
    for (const { sessionId, cancelled } of lost) await this.end(sessionId, cancelled);
    const cleaned = await this.shelf.sweep((sessions) => this.rows.open(sessions));
    return { due_videos: due.length, lost_compressions: lost.length, cleaned_files: cleaned };
  }

  private async end(sessionId: string, cancelled: boolean): Promise<void> {
    const asked = await this.rows.find(sessionId);
    if (!asked || (await this.making.settle(asked))) return;
    if (cancelled) await this.rows.cancelled(sessionId);
    else await this.rows.end(sessionId, 'failed', 'error');
    this.logger.warn({ sessionId, cancelled }, 'A compression was given up.');
  }
}
