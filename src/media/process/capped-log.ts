import { createWriteStream, mkdirSync, statSync, WriteStream } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A child's stderr on disk, appended and never longer than `maxBytes`, whatever the child says and however often it is
 * restarted. A log that cannot be written is dropped: it must not end the work it tells about.
 */
export class CappedLog {
  private stream: WriteStream | null = null;
  private left: number;

  constructor(path: string, maxBytes: number) {
    this.left = maxBytes;
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.left -= statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      if (this.left <= 0) return;
      this.stream = createWriteStream(path, { flags: 'a', mode: 0o640 });
      this.stream.on('error', () => (this.stream = null));
    } catch {
      this.stream = null;
    }
  }

  write(chunk: Buffer): void {
    // A disk that hangs must not fill the memory: what it has not taken yet counts against a small allowance.
    if (!this.stream || this.left <= 0 || this.stream.writableLength > 64 * 1024) return;
    const part = chunk.subarray(0, this.left);
    this.left -= part.length;
    this.stream.write(part);
    if (this.left <= 0) this.close();
  }

  close(): void {
    this.stream?.end();
    this.stream = null;
  }
}
