import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Cancel, Clock } from '../common/clock';

/** A video's reading is written no more often than this. */
const NOTE_MS = 60_000;
/** Videos kept in mind; a few are read at any time. */
const MOST_KEPT = 1_000;

/** Notes when finished videos are read: what is being watched or downloaded is not deleted by age or quota, nor is its match. */
@Injectable()
export class VideoReads {
  private readonly logger = new Logger(VideoReads.name);
  /** When a video's reading was written last; {@link Clock.monotonic}. */
  private readonly noted = new Map<string, number>();

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Does `read`, and notes it: at once, and again every minute as long as it takes. */
  async during<T>(sessionId: string, read: () => Promise<T>): Promise<T> {
    let cancel: Cancel = () => undefined;
    const again = (): void => {
      cancel = this.clock.after(NOTE_MS, () => {
        void this.note(sessionId);
        again();
      });
    };
    await this.note(sessionId);
    again();
    try {
      return await read();
    } finally {
      cancel();
    }
  }

  private async note(sessionId: string): Promise<void> {
    const now = this.clock.monotonic();
    const before = this.noted.get(sessionId);
    if (before !== undefined && now - before < NOTE_MS) return;
    this.noted.delete(sessionId);
    this.noted.set(sessionId, now);
    for (const [oldest] of this.noted) {
      if (this.noted.size <= MOST_KEPT) break;
      this.noted.delete(oldest);
    }
    try {
      // Also where a clock that was ahead has left a time to come: it would keep the video for ever.
      await this.database.query(
        `UPDATE videos SET last_read_at = now()
          WHERE session_id IN ($1, (SELECT angle_of FROM videos WHERE session_id = $1)) AND deleted_at IS NULL
            AND (last_read_at IS NULL OR last_read_at NOT BETWEEN now() - interval '1 minute' AND now())`,
        [sessionId],
      );
    } catch (error) {
      this.noted.delete(sessionId);
      this.logger.debug({ err: error, sessionId }, 'That a video is read could not be noted.');
    }
  }
}
