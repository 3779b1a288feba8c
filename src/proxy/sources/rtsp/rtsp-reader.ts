import { CameraError } from '../../camera-error';
import { parseHead, RtspMessage } from './rtsp-message';

const DOLLAR = 0x24;
const CR = 13;
const LF = 10;
/** Bytes that are neither a frame nor a message which may stand between two of those. */
const MAX_GARBAGE = 64 * 1024;
const RTSP = Buffer.from('RTSP/');
const HTTP = Buffer.from('HTTP/');
const LONGEST_METHOD = 20;

export interface RtspReaderOptions {
  readonly maxHeaderBytes: number;
  readonly maxBodyBytes: number;
  /** `buffer[start…end)` is one interleaved frame's content, valid during the call only. */
  readonly onInterleaved: (channel: number, buffer: Buffer, start: number, end: number) => void;
  readonly onMessage: (message: RtspMessage) => void;
  /** Whether a channel was agreed on: tells frames from garbage. */
  readonly isChannel: (channel: number) => boolean;
}

/**
 * Takes a connection's bytes apart: RTSP messages with interleaved frames between them (RFC 2326 §10.12). Frames are
 * handed on in place; only what a read cuts in two is copied together. Memory is bounded by the longest element.
 */
export class RtspReader {
  private carry = Buffer.allocUnsafeSlow(4096);
  private carried = 0;
  private garbage = 0;

  constructor(private readonly options: RtspReaderOptions) {}

  /** Bytes since the last whole element that belong to none. */
  get garbageBytes(): number {
    return this.garbage;
  }

  /**
   * Takes the first `length` bytes of `chunk`; the chunk may be written over afterwards.
   * @throws CameraError `camera_unsupported` where this is not RTSP, or beyond bounds; whatever the callbacks throw
   */
  push(chunk: Buffer, length: number): void {
    let at = 0;
    while (this.carried > 0 && at < length) {
      const wanted = this.wanted(length - at);
      const take = Math.min(length - at, wanted - this.carried);
      this.keep(chunk, at, at + take);
      at += take;
      if (this.carried < wanted) {
        return;
      }
      const used = this.parse(this.carry, 0, this.carried);
      this.carry.copyWithin(0, used, this.carried);
      this.carried -= used;
    }
    if (at < length) {
      const used = this.parse(chunk, at, length);
      this.keep(chunk, used, length);
    }
  }

  /** Length the pending element has to reach before it is worth another look. */
  private wanted(available: number): number {
    if (this.carry[0] !== DOLLAR) {
      return this.carried + available;
    }
    return this.carried < 4 ? 4 : 4 + this.carry.readUInt16BE(2);
  }

  private keep(chunk: Buffer, start: number, end: number): void {
    const needed = this.carried + end - start;
    if (needed > this.carry.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.carry.length * 2));
      this.carry.copy(larger, 0, 0, this.carried);
      this.carry = larger;
    }
    chunk.copy(this.carry, this.carried, start, end);
    this.carried = needed;
  }

  /** Hands on all whole elements; answers where the first one that is not whole begins. */
  private parse(buffer: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end) {
      const first = buffer[at] as number;
      let next: number;
      if (first === DOLLAR) {
        next = this.frame(buffer, at, end);
      } else if (first === CR || first === LF) {
        next = at + 1;
      } else if (first >= 0x41 && first <= 0x5a) {
        next = this.message(buffer, at, end);
      } else {
        next = this.skip(at);
      }
      if (next === at) {
        break;
      }
      at = next;
    }
    return at;
  }

  private frame(buffer: Buffer, at: number, end: number): number {
    if (end - at < 4) {
      return at;
    }
    const channel = buffer[at + 1] as number;
    const next = at + 4 + (((buffer[at + 2] as number) << 8) | (buffer[at + 3] as number));
    if (this.garbage > 0) {
      // Among garbage a dollar sign alone proves nothing.
      if (!this.options.isChannel(channel)) {
        return this.skip(at);
      }
      if (end - at >= 5 && (buffer[at + 4] as number) >> 6 !== 2) {
        return this.skip(at);
      }
    }
    if (next > end) {
      return at;
    }
    this.garbage = 0;
    this.options.onInterleaved(channel, buffer, at + 4, next);
    return next;
  }

  private message(buffer: Buffer, at: number, end: number): number {
    if (startsWith(HTTP, buffer, at, end) && end - at >= HTTP.length) {
      throw new CameraError(
        'camera_unsupported',
        'This port of the camera speaks HTTP, not RTSP: is it the RTSP port (often 554)?',
      );
    }
    if (!startsWith(RTSP, buffer, at, end) && !isMethod(buffer, at, end)) {
      return this.skip(at);
    }
    const { maxHeaderBytes, maxBodyBytes } = this.options;
    const limit = Math.min(end, at + maxHeaderBytes);
    const text = buffer.toString('latin1', at, limit);
    const blank = /\r?\n\r?\n/.exec(text);
    if (blank === null) {
      if (end - at >= maxHeaderBytes) {
        throw new CameraError('camera_unsupported', 'The camera sends an RTSP answer without an end.');
      }
      return at;
    }
    const message = parseHead(text.slice(0, blank.index));
    if (message === null) {
      return this.skip(at);
    }
    const bodyStart = at + blank.index + blank[0].length;
    const declared = message.headers.get('content-length')?.[0] ?? '0';
    if (!/^\d{1,9}$/.test(declared) || Number(declared) > maxBodyBytes) {
      throw new CameraError('camera_unsupported', 'The camera sends an RTSP answer that is too long.');
    }
    const next = bodyStart + Number(declared);
    if (next > end) {
      return at;
    }
    this.garbage = 0;
    this.options.onMessage(
      message.kind === 'response' ? { ...message, body: buffer.toString('utf8', bodyStart, next) } : message,
    );
    return next;
  }

  private skip(at: number): number {
    if (++this.garbage > MAX_GARBAGE) {
      throw new CameraError('camera_unsupported', 'The camera does not speak RTSP at this port.');
    }
    return at + 1;
  }
}

/** Whether what is there of `buffer[at…end)` agrees with `prefix`. */
function startsWith(prefix: Buffer, buffer: Buffer, at: number, end: number): boolean {
  const length = Math.min(prefix.length, end - at);
  return buffer.compare(prefix, 0, length, at, at + length) === 0;
}

/** Whether this may be the beginning of a request: `METHOD rtsp://… RTSP/1.0`. */
function isMethod(buffer: Buffer, at: number, end: number): boolean {
  for (let i = at; i < end; i++) {
    const byte = buffer[i] as number;
    if (byte === 0x20) {
      return i - at >= 3;
    }
    if (!((byte >= 0x41 && byte <= 0x5a) || byte === 0x5f) || i - at >= LONGEST_METHOD) {
      return false;
    }
  }
  return true;
}
