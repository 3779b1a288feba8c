/**
 * Tells admins how what is done by the clock went. The room that does it provides it (`{ provide: UpkeepSource, useClass: X
 * }`), and it is found at run time; until one does, nothing is told. It never throws, and is not long about it.
 */
export abstract class UpkeepSource {
  /** Plain data: `tasks` and `disk`. */
  abstract details(): Promise<Readonly<Record<string, unknown>>>;
}
