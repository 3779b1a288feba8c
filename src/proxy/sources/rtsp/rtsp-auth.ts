import { createHash, randomBytes } from 'node:crypto';

/** One challenge of a `WWW-Authenticate` header (RFC 7235 §2.1). */
export interface Challenge {
  /** Lower case. */
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Digest algorithms (RFC 7616 §6.1), best first, and what Node calls them. */
const ALGORITHMS = [
  ['SHA-512-256', 'sha512-256'],
  ['SHA-256', 'sha256'],
  ['MD5', 'md5'],
] as const;

const STALE_COUNT_STEP = 0x10000;

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Takes `WWW-Authenticate` values apart: several headers, several challenges in one, quotes or none. */
export function parseChallenges(values: readonly string[]): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  for (const value of values) {
    // A scheme stands alone before its first parameter; a parameter has a "=".
    const token = /([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g;
    for (const [, name = '', quoted, plain] of value.matchAll(token)) {
      const text = quoted?.replace(/\\(.)/g, '$1') ?? plain;
      if (text === undefined) {
        challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
      } else {
        challenges.at(-1)?.parameters.set(name.toLowerCase(), text);
      }
    }
  }
  return challenges;
}

/**
 * Answers a camera's challenges: the strongest Digest it offers, Basic only where it offers nothing else. After a
 * refusal the next weaker Digest is taken, for cameras that offer what they compute wrongly.
 */
export class RtspAuthenticator {
  private challenge: Challenge | null = null;
  private algorithm: (typeof ALGORITHMS)[number] | null = null;
  private nonceCount = 0;
  private readonly refused = new Set<string>();
  private succeeded = false;

  constructor(
    private readonly credentials: Credentials,
    private readonly makeCnonce: () => string = () => randomBytes(8).toString('hex'),
  ) {}

  /**
   * Takes the challenges of a 401.
   * @returns whether there is something (new) to try: not when the very same was refused before
   */
  accept(values: readonly string[]): boolean {
    const challenges = parseChallenges(values);
    const previous = this.challenge;
    const before = previous?.parameters.get('nonce');
    for (const algorithm of ALGORITHMS) {
      const found = challenges.find((entry) => digestAlgorithm(entry)?.[0] === algorithm[0]);
      if (found === undefined) {
        continue;
      }
      const nonce = found.parameters.get('nonce') ?? '';
      const isStale = found.parameters.get('stale')?.toLowerCase() === 'true';
      const isSame = this.algorithm === algorithm;
      const hasWeaker = challenges.some((entry) => (digestAlgorithm(entry)?.[0] ?? algorithm[0]) !== algorithm[0]);
      if (isSame && !isStale && (nonce === before || (!this.succeeded && hasWeaker))) {
        this.refused.add(algorithm[0]);
      }
      if (this.refused.has(algorithm[0])) {
        continue;
      }
      this.challenge = found;
      this.algorithm = algorithm;
      if (nonce !== before || !isSame) {
        this.nonceCount = 0;
      } else {
        // Stale, yet the same nonce: it counts uses for all its clients together, and ours lie behind.
        this.nonceCount += STALE_COUNT_STEP;
      }
      return true;
    }
    const basic = challenges.find((entry) => entry.scheme === 'basic');
    if (basic === undefined || challenges.some((entry) => digestAlgorithm(entry) !== null)) {
      return false;
    }
    const again = previous?.scheme === 'basic';
    this.challenge = basic;
    this.algorithm = null;
    return !again;
  }

  /** The camera took what {@link authorize} made. */
  accepted(): void {
    this.succeeded = true;
  }

  /** The `Authorization` header for a request, `null` before the first challenge. */
  authorize(method: string, uri: string): string | null {
    if (this.challenge === null) {
      return null;
    }
    const { username, password } = this.credentials;
    if (this.algorithm === null) {
      return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    }
    return this.digest(this.challenge.parameters, this.algorithm[1], method, uri);
  }

  /** RFC 7616 §3.4, and RFC 2617 §3.2.2 where the camera names no `qop`. */
  private digest(parameters: ReadonlyMap<string, string>, hash: string, method: string, uri: string): string {
    const { username, password } = this.credentials;
    const digest = (text: string): string => createHash(hash).update(text).digest('hex');
    const realm = parameters.get('realm') ?? '';
    const nonce = parameters.get('nonce') ?? '';
    const algorithm = parameters.get('algorithm');
    const opaque = parameters.get('opaque');
    const offered = (parameters.get('qop') ?? '')
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean);
    const qop = offered.includes('auth') ? 'auth' : (offered.find((entry) => entry === 'auth-int') ?? null);
    const cnonce = this.makeCnonce();
    const nc = (++this.nonceCount).toString(16).padStart(8, '0');

    let ha1 = digest(`${username}:${realm}:${password}`);
    const session = algorithm !== undefined && /-sess$/i.test(algorithm);
    if (session) {
      ha1 = digest(`${ha1}:${nonce}:${cnonce}`);
    }
    // Our requests have no body.
    const ha2 = digest(qop === 'auth-int' ? `${method}:${uri}:${digest('')}` : `${method}:${uri}`);
    const response = digest(qop === null ? `${ha1}:${nonce}:${ha2}` : `${ha1}:${nonce}:${nc}:${cnonce}:${qop}:${ha2}`);

    const fields = [
      `username=${quote(username)}`,
      `realm=${quote(realm)}`,
      `nonce=${quote(nonce)}`,
      `uri=${quote(uri)}`,
      `response="${response}"`,
    ];
    if (algorithm !== undefined) {
      fields.push(`algorithm=${algorithm.replace(/[^\w-]/g, '')}`);
    }
    if (opaque !== undefined) {
      fields.push(`opaque=${quote(opaque)}`);
    }
    if (qop !== null) {
      fields.push(`qop=${qop}`, `nc=${nc}`);
    }
    if (qop !== null || session) {
      fields.push(`cnonce="${cnonce}"`);
    }
    return `Digest ${fields.join(', ')}`;
  }
}

function digestAlgorithm(challenge: Challenge): (typeof ALGORITHMS)[number] | null {
  if (challenge.scheme !== 'digest') {
    return null;
  }
  const name = (challenge.parameters.get('algorithm') ?? 'MD5').replace(/-sess$/i, '').toUpperCase();
  return ALGORITHMS.find(([known]) => known === name) ?? null;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
