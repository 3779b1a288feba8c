import { createHash, randomBytes } from 'node:crypto';

/** How a camera asks who is there; `both` offers Digest and Basic side by side. */
export type AuthScheme = 'none' | 'basic' | 'digest' | 'both';

export interface AuthOptions {
  readonly auth: AuthScheme;
  readonly username: string;
  readonly password: string;
  readonly realm?: string;
  /** Offer `qop="auth"` (RFC 2617 §3.2.1); many cameras do not. */
  readonly qop?: boolean;
  readonly algorithm?: 'MD5' | 'SHA-256';
  /** Requests a nonce is good for; after that the camera answers 401 with `stale=true` and a new one. */
  readonly nonceUses?: number;
}

type Verdict = 'ok' | 'missing' | 'stale' | 'wrong';

/** The server's side of Basic (RFC 7617) and Digest (RFC 2617, RFC 7616) authentication. */
export class Authenticator {
  private nonce = randomBytes(12).toString('hex');
  private uses = 0;
  private lastCount = 0;

  constructor(private readonly options: AuthOptions) {}

  /** From now on the old nonce is stale. */
  rotateNonce(): void {
    this.nonce = randomBytes(12).toString('hex');
    this.uses = 0;
    this.lastCount = 0;
  }

  check(authorization: string | undefined, method: string, uri: string): Verdict {
    const { auth, username, password } = this.options;
    if (auth === 'none') return 'ok';
    if (authorization === undefined) return 'missing';
    const [scheme = '', rest = ''] = authorization.split(/\s+(.*)/s);
    if (/^basic$/i.test(scheme) && auth !== 'digest') {
      return Buffer.from(rest, 'base64').toString('utf8') === `${username}:${password}` ? 'ok' : 'wrong';
    }
    if (/^digest$/i.test(scheme) && auth !== 'basic') return this.checkDigest(rest, method, uri);
    return 'wrong';
  }

  /** Values of the `WWW-Authenticate` headers of a 401. */
  challenges(stale = false): string[] {
    const { auth, realm = 'Padel court 1', qop, algorithm } = this.options;
    const quoted = realm.replace(/(["\\])/g, '\\$1');
    const digest =
      `Digest realm="${quoted}", nonce="${this.nonce}"` +
      `${algorithm === undefined ? '' : `, algorithm=${algorithm}`}${qop === true ? ', qop="auth"' : ''}` +
      `${stale ? ', stale=true' : ''}`;
    const basic = `Basic realm="${quoted}"`;
    if (auth === 'both') return [digest, basic];
    return auth === 'basic' ? [basic] : [digest];
  }

  private checkDigest(rest: string, method: string, uri: string): Verdict {
    const fields = new Map<string, string>();
    for (const [, name = '', quoted, bare] of rest.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)) {
      fields.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '');
    }
    const { username, password, realm = 'Padel court 1', qop, algorithm = 'MD5', nonceUses } = this.options;
    const hash = (text: string): string =>
      createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
        .update(text)
        .digest('hex');
    const field = (name: string): string => fields.get(name) ?? '';
    const secret = hash(`${username}:${realm}:${password}`);
    const request = hash(`${method}:${field('uri')}`);
    const middle =
      qop === true ? `${field('nonce')}:${field('nc')}:${field('cnonce')}:${field('qop')}` : field('nonce');
    const right =
      field('username') === username &&
      field('realm') === realm &&
      field('uri') === uri &&
      (qop !== true || (field('qop') === 'auth' && /^[0-9a-f]{8}$/i.test(field('nc')) && field('cnonce') !== '')) &&
      field('response') === hash(`${secret}:${middle}:${request}`);
    if (!right) return 'wrong';
    if (field('nonce') !== this.nonce) return 'stale';
    if (qop === true) {
      const count = Number.parseInt(field('nc'), 16);
      if (count <= this.lastCount) return 'stale';
      this.lastCount = count;
    }
    if (nonceUses !== undefined && ++this.uses > nonceUses) {
      this.rotateNonce();
      return 'stale';
    }
    return 'ok';
  }
}
