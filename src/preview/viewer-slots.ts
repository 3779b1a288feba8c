import { Injectable } from '@nestjs/common';
import { ProblemException } from '../common/problem';
import { AppConfig } from '../config/app-config';

/** After this long a refused viewer may ask again: somebody may have left by then. */
const RETRY_AFTER_SECONDS = 5;

/** Counts the viewers of each session, up to a limit. */
abstract class Slots {
  private readonly taken = new Map<string, number>();

  /** @param viewers what they are, for a sentence: `This session has its 5 … already.` */
  protected constructor(
    readonly max: number,
    private readonly viewers: string,
  ) {}

  count(sessionId: string): number {
    return this.taken.get(sessionId) ?? 0;
  }

  /**
   * @returns gives the slot back; calling it again does nothing.
   * @throws ProblemException `viewer_limit`
   */
  take(sessionId: string): () => void {
    const count = this.count(sessionId);
    if (count >= this.max) {
      const detail = `This session has its ${this.max} ${this.viewers} already.`;
      throw new ProblemException('viewer_limit', detail, { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    this.taken.set(sessionId, count + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const left = this.count(sessionId) - 1;
      if (left > 0) this.taken.set(sessionId, left);
      else this.taken.delete(sessionId);
    };
  }
}

/** The MJPEG streams of each session, at most `MAX_PREVIEW_VIEWERS`. */
@Injectable()
export class ViewerSlots extends Slots {
  constructor(config: AppConfig) {
    super(config.maxPreviewViewers, 'previews');
  }
}

/** The WebSocket streams of each session, at most `MAX_LIVE_VIEWERS`. */
@Injectable()
export class LiveSlots extends Slots {
  constructor(config: AppConfig) {
    super(config.maxLiveViewers, 'live viewers');
  }
}
