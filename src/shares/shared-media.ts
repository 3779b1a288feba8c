import { SendableFile } from '../files/send-file';

/** What a share is of. */
export interface SharedThing {
  readonly sessionId: string;
  readonly clubId: number;
  /** `null`: the whole match. */
  readonly highlightId: string | null;
}

/**
 * Where the bytes of what is shared come from. Whether somebody may have them is asked before.
 * Every method throws ProblemException `not_found` where the file is not there.
 */
export abstract class SharedMedia {
  abstract file(thing: SharedThing): Promise<Pick<SendableFile, 'path' | 'bytes' | 'etag'>>;

  /** A JPEG that stands for it. @throws ProblemException `thumbnail_unavailable`, `overloaded` */
  abstract picture(thing: SharedThing): Promise<Buffer>;

  /** Where that picture lies in the file, in seconds. @throws ProblemException `thumbnail_unavailable` */
  abstract moment(thing: SharedThing): Promise<number>;

  /** Does `read` while nobody changes the file, and keeps it from growing old meanwhile. */
  abstract reading<T>(thing: SharedThing, read: () => Promise<T>): Promise<T>;
}
