/** A request read from a client. */
export interface RtspRequest {
  readonly method: string;
  readonly uri: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a client may send on an RTSP connection: requests, and interleaved data (RFC 2326 §10.12). */
export type RtspInput = RtspRequest | { readonly channel: number; readonly data: Buffer };

const END = Buffer.from('\r\n\r\n');
const DOLLAR = 0x24;

/** Cuts a client's bytes into requests and interleaved packets. */
export class RtspInputReader {
  private pending: Buffer = Buffer.alloc(0);

  *read(chunk: Buffer): Generator<RtspInput> {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    for (;;) {
      const item = this.next();
      if (item === null) return;
      yield item;
    }
  }

  private take(length: number): Buffer {
    const taken = this.pending.subarray(0, length);
    this.pending = this.pending.subarray(length);
    return taken;
  }

  private next(): RtspInput | null {
    if (this.pending[0] === DOLLAR) {
      if (this.pending.length < 4) return null;
      const length = this.pending.readUInt16BE(2);
      if (this.pending.length < 4 + length) return null;
      const packet = this.take(4 + length);
      return { channel: packet[1] ?? 0, data: packet.subarray(4) };
    }
    const end = this.pending.indexOf(END);
    if (end < 0) return null;
    const [line = '', ...headerLines] = this.pending.subarray(0, end).toString('utf8').split('\r\n');
    const headers: Record<string, string> = {};
    for (const header of headerLines) {
      const colon = header.indexOf(':');
      if (colon > 0) headers[header.slice(0, colon).trim().toLowerCase()] = header.slice(colon + 1).trim();
    }
    const length = Number(headers['content-length'] ?? 0);
    if (this.pending.length < end + 4 + length) return null;
    this.take(end + 4);
    const [method = '', uri = ''] = line.split(' ');
    return { method, uri, headers, body: this.take(length) };
  }
}
