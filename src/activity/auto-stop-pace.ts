import { Injectable } from '@nestjs/common';

/** How long the times of {@link AutoStop} are, in seconds. Tests live faster. */
@Injectable()
export class AutoStopPace {
  /** A minute of the court's setting. */
  minute = 60;
  /** It is said so long before. */
  warning = 60;
  /** A recording that had no play yet waits for it at least so long: one that is planned begins before the players come. */
  patience = 10 * 60;
  /** Scores older than this say nothing of now: the newest one is as old as cameras' groups of pictures are long. */
  fresh = 30;
}
