/** Status line and header fields of an HTTP/1.x response. */
export interface HttpHead {
  readonly status: number;
  /** Names in lower case; every value in its order. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
}

/** Where a response's head ends: after the first empty line, CRLF or bare LF. -1 while it is not there. */
export function findHeadEnd(bytes: Buffer, from = 0): number {
  for (let at = bytes.indexOf(0x0a, from); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    if (bytes[at + 1] === 0x0a) return at + 2;
    if (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) return at + 3;
  }
  return -1;
}

/**
 * Reads a head as cameras write it: `HTTP/1.0`, `HTTP/1.1` or `ICY`, reason or none, folded lines, lines without colon ignored.
 * @returns `null` where it does not begin as a response.
 */
export function parseHead(head: string): HttpHead | null {
  const [statusLine = '', ...lines] = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const status = /^(?:HTTP\/\d(?:\.\d)?|ICY)[ \t]+(\d{3})(?:\s|$)/i.exec(statusLine);
  if (!status) return null;
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const values = fields.get(name);
    if (values) values.push(line.slice(colon + 1).trim());
    else fields.set(name, [line.slice(colon + 1).trim()]);
  }
  return { status: Number(status[1]), fields };
}

/** First value of a field, `''` without one. */
export function field(head: HttpHead, name: string): string {
  return head.fields.get(name)?.[0] ?? '';
}
