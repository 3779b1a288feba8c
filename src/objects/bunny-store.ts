import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Clock } from '../common/clock';
import { OutgoingTransfer } from '../proxy/outgoing-http';
import { bunnyToken } from './bunny-token';
import { mustHash } from './object-sums';
import { ObjectFault, ObjectStore, SignedUrlOptions, WholeObject } from './object-store';
import { BunnyKeys, BunnyPlace } from './store-place';
import { faultOf, StoreHttp } from './store-http';

/** A list of one video's folder is short. */
const MOST_LIST_BYTES = 256 * 1024;

/**
 * A storage zone of bunny.net, and the pull zone before it. Source: docs.bunny.net/reference/storage-api: the zone's password goes
 * with each request as `AccessKey`, `Checksum` is the SHA-256 in upper-case hexadecimal and makes the storage refuse anything else,
 * and a folder's list has size and checksum of each file. Files go in one piece.
 */
export class BunnyStore extends ObjectStore {
  override readonly parts = null;

  constructor(
    private readonly place: BunnyPlace,
    private readonly keys: BunnyKeys,
    private readonly http: StoreHttp,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async put(
    key: string,
    { bytes, sha256 }: Omit<WholeObject, 'parts'>,
    body: () => Readable | Buffer,
    signal: AbortSignal,
  ): Promise<void> {
    const headers = { checksum: sha256.toUpperCase(), 'content-type': 'video/mp4', 'content-length': `${bytes}` };
    const answer = await this.ask({ method: 'PUT', path: this.path(key), headers, body: body(), signal });
    const status = await ended(answer, signal);
    if (status === 400) throw new ObjectFault('storage_checksum');
    mustBeFine(status);
  }

  override async size(key: string, signal: AbortSignal): Promise<number | null> {
    return (await this.look(key, signal))?.bytes ?? null;
  }

  override async verify(key: string, { bytes, sha256 }: WholeObject, signal: AbortSignal): Promise<void> {
    const known = await this.look(key, signal);
    if (!known) throw new ObjectFault('storage_missing');
    if (known.bytes !== bytes) throw new ObjectFault('storage_checksum');
    if (known.sha256 === null) {
      await mustHash(await this.read(key, { from: 0, to: bytes }, signal), { bytes, sha256 }).catch(
        (error: unknown) => {
          throw faultOf(error);
        },
      );
    } else if (known.sha256 !== sha256) throw new ObjectFault('storage_checksum');
  }

  override async read(key: string, { from, to }: { from: number; to: number }, signal: AbortSignal): Promise<Readable> {
    const headers = { range: `bytes=${from}-${to - 1}` };
    const answer = await this.ask({ method: 'GET', path: this.path(key), headers, signal });
    const { statusCode: status = 0 } = answer;
    if (status === 206 && Number(answer.headers['content-length']) === to - from) return answer;
    answer.destroy();
    mustBeFine(status);
    throw new ObjectFault('storage_checksum');
  }

  override async delete(key: string, signal: AbortSignal): Promise<void> {
    const status = await ended(await this.ask({ method: 'DELETE', path: this.path(key), signal }), signal);
    if (status !== 404) mustBeFine(status);
  }

  override signedUrl(key: string, { seconds }: SignedUrlOptions): Promise<string | null> {
    const { pullZone } = this.place;
    const { tokenKey } = this.keys;
    // Never an address that is good for ever.
    if (pullZone === null || tokenKey === null) return Promise.resolve(null);
    const expires = Math.floor(this.clock.now() / 1000) + seconds;
    return Promise.resolve(`${pullZone}/${key}?token=${bunnyToken(tokenKey, `/${key}`, expires)}&expires=${expires}`);
  }

  private path(key: string): string {
    return `/${this.place.zone}/${key}`;
  }

  private async look(key: string, signal: AbortSignal): Promise<{ bytes: number; sha256: string | null } | null> {
    const slash = key.lastIndexOf('/') + 1;
    const answer = await this.ask({ method: 'GET', path: this.path(key.slice(0, slash)), signal });
    const { statusCode: status = 0 } = answer;
    if (status === 404) {
      answer.destroy();
      return null;
    }
    const list = await text(answer, signal);
    mustBeFine(status);
    const file = entries(list).find(({ ObjectName }) => ObjectName === key.slice(slash));
    if (!file || typeof file.Length !== 'number') return null;
    return { bytes: file.Length, sha256: typeof file.Checksum === 'string' ? file.Checksum.toLowerCase() : null };
  }

  private async ask(
    asked: Pick<OutgoingTransfer, 'method' | 'path' | 'body' | 'signal'> & { headers?: Record<string, string> },
  ): Promise<IncomingMessage> {
    const headers = { accesskey: this.keys.password, accept: '*/*', ...asked.headers };
    try {
      return await this.http.open({ ...asked, origin: this.place.endpoint, headers });
    } catch (error) {
      throw faultOf(error);
    }
  }
}

async function text(answer: IncomingMessage, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MOST_LIST_BYTES) break;
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new ObjectFault('storage_unreachable', undefined, { cause: error });
  } finally {
    answer.destroy();
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function ended(answer: IncomingMessage, signal: AbortSignal): Promise<number> {
  await text(answer, signal);
  return answer.statusCode ?? 0;
}

function entries(list: string): { ObjectName?: unknown; Length?: unknown; Checksum?: unknown }[] {
  try {
    const parsed: unknown = JSON.parse(list);
    return Array.isArray(parsed) ? (parsed as { ObjectName?: unknown }[]) : [];
  } catch {
    throw new ObjectFault('storage_failed');
  }
}

function mustBeFine(status: number): void {
  if (status >= 200 && status < 300) return;
  if (status === 401 || status === 403) throw new ObjectFault('storage_refused');
  if (status === 404) throw new ObjectFault('storage_missing');
  throw new ObjectFault(
    'storage_failed',
    status >= 500 || status === 429 ? undefined : `The storage answered ${status}.`,
  );
}
