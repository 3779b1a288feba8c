import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeFileSync } from 'node:fs';

const MAX_BYTES = 5 * 1024 * 1024;
const KEPT_BYTES = 1024 * 1024;

/**
 * The server's log file. The server has it as stdout, opened for appending, so that it can be cut while the server
 * writes and needs no rights on the directory; the last megabyte goes to `<file>.1`.
 */
export class ServerLog {
  readonly descriptor: number;

  constructor(private readonly file: string) {
    this.descriptor = openSync(file, 'a+', 0o640);
  }

  /** Cuts the log when it is above 5 MB. Never throws: a full disk must not stop the supervisor. */
  cap(): void {
    try {
      const { size } = fstatSync(this.descriptor);
      if (size <= MAX_BYTES) return;
      writeFileSync(`${this.file}.1`, this.tail(KEPT_BYTES), { mode: 0o640 });
      ftruncateSync(this.descriptor, 0);
    } catch {
      // Tried again at the next turn.
    }
  }

  /** The last bytes of the log, for the message of a start that failed. */
  tail(bytes: number): string {
    const { size } = fstatSync(this.descriptor);
    const buffer = Buffer.alloc(Math.min(bytes, size));
    readSync(this.descriptor, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8');
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
