import { Clock } from '../common/clock';
import { ProblemException } from '../common/problem';
import { ObjectFault, ObjectStore, SignedUrlOptions } from './object-store';
import { pause } from './pace';
import { Deliver } from './store-place';

/** Tries in a row that brought nothing. */
const MOST_FRUITLESS = 3;
const PAUSE_MS = 250;

/** A video that lies in its club's storage and not here. */
export class AwayVideo {
  constructor(
    private readonly store: ObjectStore,
    private readonly key: string,
    readonly bytes: number,
    /** Its ETag when it was here. */
    readonly etag: string,
    readonly deliver: Deliver,
    private readonly clock: Clock,
    /** Whether the storage has, by its row, still what it had when this was opened. */
    private readonly isSame: () => Promise<boolean>,
  ) {}

  /**
   * A stretch of it. Where the connection is cut, or ends because nobody took anything for a while, it goes on from there. Never
   * in another film: one that has been compressed is not in its storage, by its row, until the smaller one is all there.
   * @throws ProblemException `storage_unreachable`, the signal's reason
   */
  async *read(
    { from, to }: { readonly from: number; readonly to: number },
    signal: AbortSignal,
  ): AsyncGenerator<Buffer> {
    let fruitless = 0;
    for (let at = from; at < to;) {
      if (!(await this.isSame())) throw unreachable(new ObjectFault('storage_missing'));
      try {
        for await (const chunk of await this.store.read(this.key, { from: at, to }, signal)) {
          at += (chunk as Buffer).length;
          fruitless = 0;
          yield chunk as Buffer;
        }
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        fruitless += 1;
        const final =
          error instanceof ObjectFault && (error.code === 'storage_refused' || error.code === 'storage_missing');
        if (final || fruitless === MOST_FRUITLESS) throw unreachable(error);
        await pause(this.clock, PAUSE_MS, signal);
      }
    }
  }

  signedUrl(options: SignedUrlOptions): Promise<string | null> {
    return this.store.signedUrl(this.key, options);
  }
}

/** What callers are told of a fault of a storage. */
export function unreachable(cause: unknown): ProblemException {
  return new ProblemException('storage_unreachable', undefined, {}, { cause });
}
