import { CameraError } from '../../camera-error';
import { field, HttpHead } from './http-head';

/** Undoes a body's framing (RFC 9112 §6): chunked, by Content-Length, or to the connection's end. */
export class BodyDecoder {
  private readonly chunked: boolean;
  private state: 'size' | 'data' | 'after' | 'done' = 'size';
  private line = '';
  private left: number;

  constructor(
    head: HttpHead,
    private readonly onData: (data: Buffer) => void,
  ) {
    this.chunked = /(?:^|,)\s*chunked\s*$/i.test(head.fields.get('transfer-encoding')?.join(',') ?? '');
    const length = /^\d{1,15}$/.exec(field(head, 'content-length'));
    // A live stream with a length of 0 is a camera's slip, not an empty body.
    this.left = this.chunked ? 0 : length && Number(length[0]) > 0 ? Number(length[0]) : Number.POSITIVE_INFINITY;
    if (!this.chunked) this.state = 'data';
  }

  /** True once the body has ended by its own word. */
  get done(): boolean {
    return this.state === 'done';
  }

  /** @throws CameraError where the chunks are not chunks. */
  push(bytes: Buffer): void {
    for (let at = 0; at < bytes.length && this.state !== 'done';) {
      if (this.state === 'data') at = this.take(bytes, at);
      else at = this.readLine(bytes, at);
    }
  }

  private take(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.left);
    this.left -= end - at;
    if (this.left === 0) this.state = this.chunked ? 'after' : 'done';
    this.onData(bytes.subarray(at, end));
    return end;
  }

  private readLine(bytes: Buffer, at: number): number {
    const newline = bytes.indexOf(0x0a, at);
    const end = newline < 0 ? bytes.length : newline;
    this.line += bytes.toString('latin1', at, end);
    if (this.line.length > 1024) throw malformed();
    if (newline < 0) return end;
    const line = this.line.trim();
    this.line = '';
    if (this.state === 'after') {
      if (line !== '') throw malformed();
      this.state = 'size';
      return end + 1;
    }
    const size = /^([0-9a-f]{1,12})(?:\s*;.*)?$/i.exec(line)?.[1];
    if (size === undefined) throw malformed();
    this.left = Number.parseInt(size, 16);
    // The last chunk is empty; trailers say nothing we need.
    this.state = this.left === 0 ? 'done' : 'data';
    return end + 1;
  }
}

function malformed(): CameraError {
  return new CameraError('camera_unsupported', 'The camera sends a malformed HTTP answer (chunks).');
}
