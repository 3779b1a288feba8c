import { Frame } from '../media/access-unit';

/**
 * One reader of a session's frames, with a bounded queue of its own (in bytes). When it falls behind, frames up to the
 * next keyframe are dropped from its queue, and the next frame it gets says so in `after: 'queue_overflow'`.
 */
export interface FrameConsumer {
  readonly name: string;
  /** What may wait in its queue, in bytes. */
  readonly maxQueueBytes: number;
  /**
   * Takes one frame, on the session's timeline, in decode order, the first one a keyframe. Return nothing when it is
   * dealt with, or a promise that settles when the consumer can take the next one; meanwhile frames wait in its queue.
   */
  take(frame: Frame): void | Promise<void>;
}
