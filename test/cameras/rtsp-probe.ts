import { once } from 'node:events';
import { connect, Socket } from 'node:net';

/** Something read from an RTSP server. */
export type Probed =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: 'packet'; readonly channel: number; readonly data: Buffer };

/** One RTP packet, taken apart. */
export interface ProbedPacket {
  readonly channel: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Buffer;
}

/** The barest RTSP client, for specs of the cameras: no credentials, no patience, everything it gets in order. */
export class RtspProbe {
  private readonly socket: Socket;
  private pending: Buffer = Buffer.alloc(0);
  private readonly items: Probed[] = [];
  private wake: (() => void) | null = null;
  private cseq = 0;
  /** Settles when the connection is gone. */
  readonly closed: Promise<unknown>;

  constructor(private readonly url: string) {
    this.socket = connect(Number(new URL(url).port), '127.0.0.1');
    this.closed = new Promise((settle) => this.socket.on('close', settle));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => this.wake?.());
    this.socket.on('data', (chunk: Buffer) => {
      this.pending = Buffer.concat([this.pending, chunk]);
      while (this.cut());
      this.wake?.();
    });
  }

  get raw(): Socket {
    return this.socket;
  }

  /** Sends a request; `track` is appended to the stream's URL. */
  send(method: string, track = '', headers: Readonly<Record<string, string>> = {}): void {
    const lines = [`${method} ${this.url}${track} RTSP/1.0`, `CSeq: ${++this.cseq}`];
    for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  }

  /** The next thing read; `null` when the connection is gone. */
  async next(): Promise<Probed | null> {
    for (;;) {
      const item = this.items.shift();
      if (item !== undefined) return item;
      if (this.socket.closed) return null;
      await new Promise<void>((settle) => (this.wake = settle));
    }
  }

  /** Skips to the next answer. */
  async answer(): Promise<Extract<Probed, { kind: 'answer' }> | null> {
    for (;;) {
      const item = await this.next();
      if (item === null || item.kind === 'answer') return item;
    }
  }

  /** Sets up and plays the first track; settles with PLAY's answer. */
  async play(): Promise<Extract<Probed, { kind: 'answer' }> | null> {
    this.send('SETUP', '/trackID=1', { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' });
    const answer = await this.answer();
    this.send('PLAY', '', { Session: answer?.headers.session?.split(';')[0] ?? '' });
    return this.answer();
  }

  /** The next packets of the video channel. */
  async packets(count: number): Promise<ProbedPacket[]> {
    const packets: ProbedPacket[] = [];
    while (packets.length < count) {
      const item = await this.next();
      if (item === null) break;
      if (item.kind !== 'packet' || item.channel % 2 === 1) continue;
      const { channel, data } = item;
      const [sequence, timestamp] = [data.readUInt16BE(2), data.readUInt32BE(4)];
      packets.push({ channel, sequence, timestamp, marker: data.readUInt8(1) > 127, payload: data.subarray(12) });
    }
    return packets;
  }

  /** Packets up to and with the next end of a picture. */
  async picture(): Promise<ProbedPacket[]> {
    const packets: ProbedPacket[] = [];
    for (;;) {
      const [packet] = await this.packets(1);
      if (packet === undefined) return packets;
      packets.push(packet);
      if (packet.marker) return packets;
    }
  }

  async close(): Promise<void> {
    if (this.socket.closed) return;
    const closed = once(this.socket, 'close');
    this.socket.destroy();
    await closed;
  }

  private cut(): boolean {
    if (this.pending[0] === 0x24) {
      if (this.pending.length < 4) return false;
      const end = 4 + this.pending.readUInt16BE(2);
      if (this.pending.length < end) return false;
      this.items.push({ kind: 'packet', channel: this.pending.readUInt8(1), data: this.pending.subarray(4, end) });
      this.pending = this.pending.subarray(end);
      return true;
    }
    const end = this.pending.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const [first = '', ...lines] = this.pending.subarray(0, end).toString().split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const bodyEnd = end + 4 + Number(headers['content-length'] ?? 0);
    if (this.pending.length < bodyEnd) return false;
    const body = this.pending.subarray(end + 4, bodyEnd).toString();
    this.items.push({ kind: 'answer', status: Number(first.split(' ')[1]), headers, body });
    this.pending = this.pending.subarray(bodyEnd);
    return true;
  }
}
