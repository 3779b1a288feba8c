import { Frame } from '../media/access-unit';
import { FrameConsumer } from './frame-consumer';

/** What is known of one consumer's queue. */
export interface SubscriptionFigures {
  readonly name: string;
  readonly queuedFrames: number;
  readonly queuedBytes: number;
  /** Frames it never got because it was too slow. */
  readonly dropped: number;
}

/**
 * Hands each frame to every consumer, each behind a bounded queue of its own: one that is slow, never settles or throws
 * changes nothing for the others.
 */
export class FanOut {
  private readonly subscriptions = new Set<Subscription>();

  /** @param onError a consumer threw; it is unsubscribed. */
  constructor(private readonly onError: (consumer: FrameConsumer, error: unknown) => void) {}

  get size(): number {
    return this.subscriptions.size;
  }

  figures(): SubscriptionFigures[] {
    return [...this.subscriptions].map((subscription) => subscription.figures());
  }

  /**
   * @param backlog frames it gets first, beginning with a keyframe (the GOP buffer's); without one it begins at the next keyframe.
   * @returns ends the subscription; what waits in its queue is dropped.
   */
  subscribe(consumer: FrameConsumer, backlog: readonly Frame[]): () => void {
    const subscription: Subscription = new Subscription(consumer, (error) => {
      this.subscriptions.delete(subscription);
      this.onError(consumer, error);
    });
    this.subscriptions.add(subscription);
    for (const frame of backlog) subscription.push(frame);
    return () => {
      this.subscriptions.delete(subscription);
      subscription.end();
    };
  }

  push(frame: Frame): void {
    for (const subscription of this.subscriptions) subscription.push(frame);
  }
}

class Subscription {
  private queue: Frame[] = [];
  private queuedBytes = 0;
  private busy = false;
  private ended = false;
  private awaitsKeyframe = true;
  private overflowed = false;
  private dropped = 0;

  constructor(
    private readonly consumer: FrameConsumer,
    private readonly onError: (error: unknown) => void,
  ) {}

  figures(): SubscriptionFigures {
    const { queuedBytes, dropped } = this;
    return { name: this.consumer.name, queuedFrames: this.queue.length, queuedBytes, dropped };
  }

  push(frame: Frame): void {
    if (this.ended) return;
    if (this.awaitsKeyframe) {
      if (!frame.keyframe) {
        if (this.overflowed) this.dropped++;
        return;
      }
      this.awaitsKeyframe = false;
    }
    if (!this.busy) return this.give(frame);
    if (this.queuedBytes + frame.data.length > this.consumer.maxQueueBytes) this.overflow(frame);
    else this.enqueue(frame);
  }

  end(): void {
    this.ended = true;
    this.queue = [];
    this.queuedBytes = 0;
  }

  private enqueue(frame: Frame): void {
    this.queue.push(frame);
    this.queuedBytes += frame.data.length;
  }

  /** Everything that waits is older than what it would rather have: begin again at the next keyframe. */
  private overflow(frame: Frame): void {
    this.dropped += this.queue.length;
    this.queue = [];
    this.queuedBytes = 0;
    this.overflowed = true;
    if (frame.keyframe && frame.data.length <= this.consumer.maxQueueBytes) return this.enqueue(frame);
    this.awaitsKeyframe = true;
    this.dropped++;
  }

  private give(frame: Frame): void {
    let next = frame;
    if (this.overflowed) {
      this.overflowed = false;
      next = { ...frame, after: 'queue_overflow' };
    }
    try {
      const pending = this.consumer.take(next);
      if (!pending) return;
      this.busy = true;
      pending.then(
        () => this.drain(),
        (error: unknown) => this.fail(error),
      );
    } catch (error) {
      this.fail(error);
    }
  }

  private drain(): void {
    this.busy = false;
    // Frames in a row that are dealt with at once are given in a loop, so that a long queue is no deep recursion.
    let given = 0;
    while (!this.busy && !this.ended && given < this.queue.length) {
      const frame = this.queue[given++] as Frame;
      this.queuedBytes -= frame.data.length;
      this.give(frame);
    }
    if (given > 0) this.queue = this.queue.slice(given);
  }

  private fail(error: unknown): void {
    if (this.ended) return;
    this.end();
    this.onError(error);
  }
}
