/** Secrets at rest that are not yet sealed with the newest key. */
export interface KeyFigures {
  readonly waiting: number;
  /** Of these, sealed with a key that is not there: it was taken away too early. */
  readonly unreadable: number;
}

/**
 * Tells admins how far the rotation of a key has come. The room that seals provides it (`{ provide: KeySource,
 * useExisting: X }`), and it is found at run time.
 */
export abstract class KeySource {
  abstract figures(): Promise<KeyFigures>;
}
