/** A mail as a person reads it. */
export interface ReceivedMail {
  /** The header's text. */
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** As it came. */
  readonly raw: string;
}

/** Takes a mail apart as far as ours go: two alternatives, quoted-printable or base64 (RFC 2045 §6, RFC 2047). */
export function parseMail(raw: string): ReceivedMail {
  const { headers, body: preamble } = parts(raw);
  const body = `\r\n${preamble}`;
  const boundary = /boundary="([^"]+)"/.exec(headers['content-type'] ?? '')?.[1] ?? '';
  // The line break before a boundary is the boundary's (RFC 2046 §5.1.1).
  const alternatives = body.split(`\r\n--${boundary}`).slice(1, -1).map(parts);
  const of = (type: string): string => {
    const part = alternatives.find(({ headers: own }) => own['content-type']?.startsWith(type));
    return part ? decoded(part.body, part.headers['content-transfer-encoding'] ?? '7bit') : '';
  };
  return {
    to: headers.to ?? '',
    from: headers.from ?? '',
    subject: words(headers.subject ?? ''),
    text: of('text/plain'),
    html: of('text/html'),
    raw,
  };
}

/** The token in a mail's link to a page. */
export function tokenIn(mail: Pick<ReceivedMail, 'text'>, page: string): string {
  const token = new RegExp(`/panel/link#/${page}/([A-Za-z0-9_-]{43})$`, 'm').exec(mail.text)?.[1];
  if (token === undefined) throw new Error(`no link to ${page} in: ${mail.text}`);
  return token;
}

function parts(source: string): { headers: Record<string, string>; body: string } {
  const [head = '', ...rest] = source.replace(/^\r\n/, '').split('\r\n\r\n');
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = lines.map((line) => [line.split(':')[0]?.toLowerCase() ?? '', line.replace(/^[^:]*:\s*/, '')]);
  return { headers: Object.fromEntries(headers) as Record<string, string>, body: rest.join('\r\n\r\n') };
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return body.replaceAll('\r\n', '\n');
  return quotedPrintable(body.replace(/=\r\n/g, '').replaceAll('\r\n', '\n'));
}

function quotedPrintable(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/g, (_whole, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function words(header: string): string {
  return header
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_whole, kind: string, text: string) => {
      if (kind.toUpperCase() === 'B') return Buffer.from(text, 'base64').toString('utf8');
      return quotedPrintable(text.replaceAll('_', ' '));
    });
}
