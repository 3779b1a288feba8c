/** RTSP/1.0 messages (RFC 2326 §4–7). */

export interface RtspResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  /** Lower-case names; a name may come several times. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
}

/** What a camera asks of us, which it may at any time. */
export interface RtspRequest {
  readonly kind: 'request';
  readonly method: string;
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

export type RtspMessage = RtspResponse | RtspRequest;

/** First value of a header, by its lower-case name. */
export function header(message: RtspMessage, name: string): string | null {
  return message.headers.get(name)?.[0] ?? null;
}

/** Parses the part before the empty line; `null` where its first line is no RTSP. */
export function parseHead(head: string): RtspMessage | null {
  const [first = '', ...lines] = head.split(/\r?\n/);
  const headers = new Map<string, string[]>();
  let values: string[] | null = null;
  for (const line of lines) {
    if (/^[ \t]/.test(line) && values !== null) {
      values.push(`${values.pop() ?? ''} ${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(':');
    if (colon <= 0) {
      continue;
    }
    const name = line.slice(0, colon).trim().toLowerCase();
    values = headers.get(name) ?? [];
    values.push(line.slice(colon + 1).trim());
    headers.set(name, values);
  }
  const status = /^RTSP\/\d\.\d +(\d{3})(?: +(.*))?$/.exec(first.trimEnd());
  if (status !== null) {
    return { kind: 'response', status: Number(status[1]), reason: status[2] ?? '', headers, body: '' };
  }
  const request = /^([A-Z_]{3,20}) +\S+ +RTSP\/\d\.\d$/.exec(first.trimEnd());
  return request === null ? null : { kind: 'request', method: request[1] as string, headers };
}

/** Writes a request. Values come from us and from the camera; line ends in them are taken out. */
export function formatRequest(method: string, uri: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value.replace(/[\r\n\0]/g, '')}\r\n`);
  return `${method} ${uri.replace(/[\s\0]/g, '')} RTSP/1.0\r\n${lines.join('')}\r\n`;
}

/** `Session: 12345678;timeout=60`: the id, and the seconds a session lives without a sign from us (60 if unsaid). */
export function parseSession(value: string): { id: string; timeoutSeconds: number } {
  const [id = '', ...parameters] = value.split(';').map((part) => part.trim());
  const timeout = parameters.map((part) => /^timeout\s*=\s*"?(\d{1,9})/i.exec(part)?.[1]).find((found) => found);
  const seconds = Number(timeout ?? 60);
  return { id, timeoutSeconds: seconds > 0 ? seconds : 60 };
}

/** What a camera made of our `Transport`: the two interleaved channels, `null` where it is not RTP over this connection. */
export function parseTransport(value: string): { rtp: number; rtcp: number } | null {
  const [chosen = ''] = value.split(',');
  const channels = /;\s*interleaved\s*=\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?/i.exec(chosen);
  if (channels === null) {
    return /\/TCP\b/i.test(chosen) ? { rtp: 0, rtcp: 1 } : null;
  }
  const rtp = Number(channels[1]);
  const rtcp = channels[2] === undefined ? rtp + 1 : Number(channels[2]);
  return rtp <= 255 && rtcp <= 255 ? { rtp, rtcp } : null;
}
