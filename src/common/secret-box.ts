import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Separates these keys from whatever else is derived from `SECRETS_KEY`. */
const PURPOSE = 'padelvar secret box v1';

/** What cannot be opened: another key, another owner, or changed bytes. Holds nothing of what was sealed. */
export class SecretBoxError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'SecretBoxError';
  }
}

interface BoxKey {
  readonly id: string;
  readonly key: Buffer;
}

/**
 * Seals small secrets for rest: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce, as
 * `v1.<key id>.<base64url of nonce, ciphertext, tag>`. What is sealed for one owner does not open for another (the
 * owner is authenticated with it), so a row copied onto another row is refused.
 *
 * Keys rotate: the first seals, all open; {@link needsResealing} finds what still waits.
 */
export class SecretBox {
  private readonly keys: readonly BoxKey[];

  /**
   * @param secrets 32 bytes each, the current one first, then older ones
   * @throws RangeError for a key of another size, or none
   */
  constructor(secrets: readonly Buffer[]) {
    if (secrets.length === 0 || secrets.some((secret) => secret.length !== 32)) {
      throw new RangeError('A secret box takes keys of 32 bytes');
    }
    this.keys = secrets.map((secret) => ({
      id: createHmac('sha256', secret).update('key id').digest('hex').slice(0, 12),
      key: Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), PURPOSE, 32)),
    }));
  }

  /** Names the key that {@link seal} uses; says nothing about it. */
  get keyId(): string {
    return this.current.id;
  }

  /** The names of all keys, the current one's first. */
  get keyIds(): readonly string[] {
    return this.keys.map(({ id }) => id);
  }

  private get current(): BoxKey {
    return this.keys[0] as BoxKey;
  }

  /** @param owner what it belongs to, e.g. `court:12`; needed again to open it */
  seal(secret: string, owner: string): string {
    const { id, key } = this.current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(aad(id, owner));
    const sealed = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${VERSION}.${id}.${sealed.toString('base64url')}`;
  }

  /** @throws SecretBoxError */
  open(sealed: string, owner: string): string {
    const [version, id = '', text = '', ...rest] = sealed.split('.');
    const box = this.keys.find((candidate) => candidate.id === id);
    const bytes = Buffer.from(text, 'base64url');
    if (version !== VERSION || rest.length > 0 || bytes.length < NONCE_BYTES + TAG_BYTES) {
      throw new SecretBoxError('Not a sealed secret');
    }
    if (!box) throw new SecretBoxError('Sealed with a key this service does not have: was SECRETS_KEY changed?');
    const decipher = createDecipheriv('aes-256-gcm', box.key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(aad(id, owner));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch (cause) {
      throw new SecretBoxError('A sealed secret was changed, or belongs to something else', { cause });
    }
  }

  /** True for what an older key sealed. */
  needsResealing(sealed: string): boolean {
    return sealed.split('.')[1] !== this.current.id;
  }
}

function aad(keyId: string, owner: string): Buffer {
  return Buffer.from(`${VERSION}.${keyId}.${owner}`, 'utf8');
}
