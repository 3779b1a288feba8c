import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../common/clock';
import { faultPoint } from '../common/fault-point';
import { ScheduledTasks } from '../maintenance/scheduled-tasks.service';
import { Counts, TASKS } from '../maintenance/task-table';
import { HighlightShelf } from '../storage/highlight-shelf';
import { HighlightMaking } from './highlight-making.service';
import { HighlightStore } from './highlight-store.service';

/** A film that was begun so long ago is written no more. */
const STALE_MS = 60 * 60_000;

/** Takes what deletions and crashes left of highlights, and asks again for those that nobody makes. */
@Injectable()
export class HighlightUpkeep {
  private readonly logger = new Logger(HighlightUpkeep.name);

  constructor(
    private readonly store: HighlightStore,
    private readonly shelf: HighlightShelf,
    private readonly making: HighlightMaking,
    private readonly tasks: ScheduledTasks,
    private readonly clock: Clock,
  ) {}

  @Interval(TASKS.highlights.everyMs)
  async tick(): Promise<void> {
    await this.tasks.run('highlights', () => this.work());
  }

  /** Takes the files of highlights that are marked as deleted, and then their rows. @param sessionId `null`: of all */
  async takeGone(sessionId: string | null): Promise<number> {
    let taken = 0;
    for (const place of await this.store.gone(sessionId)) {
      try {
        await this.shelf.remove(place);
        faultPoint('highlight.file_gone');
        await this.store.forget(place.id);
        taken++;
      } catch (error) {
        this.logger.error({ err: error, highlight: place.id }, 'The file of a deleted highlight is still there.');
      }
    }
    return taken;
  }

  private async work(): Promise<Counts> {
    const deleted = await this.takeGone(null);
    const unmade = await this.store.unmade();
    for (const place of unmade) await this.making.askAgain(place);
    const cleaned = await this.shelf.clean(this.clock.now() - STALE_MS);
    return { deleted_highlights: deleted, unmade_highlights: unmade.length, cleaned_files: cleaned };
  }
}
