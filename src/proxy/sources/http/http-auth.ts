import { createHash, randomBytes } from 'node:crypto';

/** One `WWW-Authenticate` challenge (RFC 9110 §11.6.1). */
export interface Challenge {
  /** Lower case. */
  readonly scheme: string;
  /** Names in lower case, values without quotes. */
  readonly params: ReadonlyMap<string, string>;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const DIGESTS: Readonly<Record<string, string>> = { md5: 'md5', 'sha-256': 'sha256', 'sha-512-256': 'sha512-256' };
const SCHEME = /^([!#$%&'*+.^_`|~\w-]+)(?:[ \t]+|$)/;
const PARAM = /^([!#$%&'*+.^_`|~\w-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/;

/** Reads every challenge of the given header values; several may stand in one. What makes no sense is left out. */
export function parseChallenges(values: readonly string[]): Challenge[] {
  const challenges: { scheme: string; params: Map<string, string> }[] = [];
  for (const value of values) {
    let rest = value.trim();
    let current: { scheme: string; params: Map<string, string> } | null = null;
    while (rest !== '') {
      const param: RegExpExecArray | null = current ? PARAM.exec(rest) : null;
      if (current && param) {
        current.params.set((param[1] ?? '').toLowerCase(), param[3] ?? (param[2] ?? '').replace(/\\(.)/g, '$1'));
        rest = rest.slice(param[0].length);
      } else {
        const scheme: RegExpExecArray | null = SCHEME.exec(rest);
        if (!scheme) break;
        current = { scheme: (scheme[1] ?? '').toLowerCase(), params: new Map() };
        challenges.push(current);
        rest = rest.slice(scheme[0].length);
      }
      rest = rest.replace(/^[\s,]+/, '');
    }
  }
  return challenges;
}

/**
 * The `Authorization` value that answers the strongest challenge we know: Digest SHA-512-256, SHA-256, MD5 (RFC 7616,
 * and RFC 2069's without `qop`), then Basic (RFC 7617).
 * @returns `null` where none is known.
 */
export function authorize(
  challenges: readonly Challenge[],
  { username, password }: Credentials,
  request: { readonly method: string; readonly uri: string },
  cnonce = randomBytes(12).toString('hex'),
): string | null {
  const digests = challenges
    .filter(({ scheme, params }) => scheme === 'digest' && params.has('nonce') && digestOf(params) !== null)
    .sort((a, b) => strength(b) - strength(a));
  const digest = digests[0];
  if (digest) return answerDigest(digest.params, { username, password }, request, cnonce);
  if (!challenges.some(({ scheme }) => scheme === 'basic')) return null;
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/** Whether the camera only wants the same answer with its new nonce. */
export function isStale(challenges: readonly Challenge[]): boolean {
  return challenges.some(({ params }) => params.get('stale')?.toLowerCase() === 'true');
}

function algorithmOf(params: ReadonlyMap<string, string>): string {
  return (params.get('algorithm') ?? 'MD5').toLowerCase();
}

function digestOf(params: ReadonlyMap<string, string>): string | null {
  return DIGESTS[algorithmOf(params).replace(/-sess$/, '')] ?? null;
}

function strength({ params }: Challenge): number {
  return ['md5', 'sha256', 'sha512-256'].indexOf(digestOf(params) ?? '');
}

function answerDigest(
  params: ReadonlyMap<string, string>,
  { username, password }: Credentials,
  { method, uri }: { readonly method: string; readonly uri: string },
  cnonce: string,
): string {
  const hash = (text: string): string =>
    createHash(digestOf(params) ?? 'md5')
      .update(text)
      .digest('hex');
  const realm = params.get('realm') ?? '';
  const nonce = params.get('nonce') ?? '';
  const offered = params
    .get('qop')
    ?.split(',')
    .map((word) => word.trim().toLowerCase());
  const qop = offered?.includes('auth') ? 'auth' : null;
  const session = algorithmOf(params).endsWith('-sess');
  const nc = '00000001';
  let a1 = hash(`${username}:${realm}:${password}`);
  if (session) a1 = hash(`${a1}:${nonce}:${cnonce}`);
  const a2 = hash(`${method}:${uri}`);
  const response = hash(qop ? `${a1}:${nonce}:${nc}:${cnonce}:${qop}:${a2}` : `${a1}:${nonce}:${a2}`);
  const fields = [
    ['username', quote(username)],
    ['realm', quote(realm)],
    ['nonce', quote(nonce)],
    ['uri', quote(uri)],
    ['response', quote(response)],
  ];
  const algorithm = params.get('algorithm');
  if (algorithm !== undefined) fields.push(['algorithm', algorithm]);
  const opaque = params.get('opaque');
  if (opaque !== undefined) fields.push(['opaque', quote(opaque)]);
  if (qop) fields.push(['qop', qop], ['nc', nc]);
  if (qop || session) fields.push(['cnonce', quote(cnonce)]);
  return `Digest ${fields.map(([name, value]) => `${name}=${value}`).join(', ')}`;
}

function quote(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}
