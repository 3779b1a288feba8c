import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is asked of it, in the words of the S3 API. */
export type S3Operation =
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'ListMultipartUploads'
  | 'PutObject'
  | 'GetObject'
  | 'HeadObject'
  | 'DeleteObject';

/**
 * A number: the status it answers. `cut`: the connection ends in the middle of a body. `damage`: it keeps something else.
 * `pause`: what is read stands still in the middle, until the test lets it go on. `flood`: it answers with far too much.
 */
export interface S3Fault {
  readonly on: S3Operation;
  readonly does: number | 'cut' | 'hang' | 'damage' | 'pause' | 'flood';
  times: number;
  /** With a status: what it has to say. */
  readonly says?: string;
  /** So many are let through before. */
  after?: number;
}

interface Part {
  readonly bytes: Buffer;
}
interface Upload {
  readonly key: string;
  readonly begun: Date;
  readonly parts: Map<number, Part>;
}
interface Stored {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly sha256: string;
}

const FLOOD_BYTES = 32 * 2 ** 20;

const md5 = (bytes: Buffer): Buffer => createHash('md5').update(bytes).digest();
const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

/** Something that speaks S3 on this machine, for one bucket: with the checks that such storages make, and the faults they have. */
export class S3Server {
  readonly faults: S3Fault[] = [];
  readonly asked: S3Operation[] = [];
  readonly objects = new Map<string, Stored>();
  readonly uploads = new Map<string, Upload>();
  /** Of requests that it was hung on. */
  readonly hung: IncomingMessage[] = [];
  /** Each lets an answer go on that stands still. */
  readonly paused: (() => void)[] = [];
  /** Without: as storages that know MD5 only. */
  checksums = true;

  private constructor(
    private readonly server: Server,
    readonly bucket: string,
    readonly accessKeyId: string,
  ) {}

  static async start(bucket = 'club-videos', accessKeyId = 'TESTKEY'): Promise<S3Server> {
    const server = createServer();
    const s3 = new S3Server(server, bucket, accessKeyId);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void s3.take(request, response).catch(() => response.destroy());
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return s3;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  count(operation: S3Operation): number {
    return this.asked.filter((one) => one === operation).length;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const [, bucket = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
    const key = rest.join('/');
    const operation = operationOf(request, url);
    this.asked.push(operation);
    const fault = this.faultOf(operation);
    if (fault?.does === 'hang') {
      this.hung.push(request);
      request.resume();
      return;
    }
    if (fault?.does === 'cut' && request.method === 'PUT') {
      request.once('data', () => request.destroy());
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (typeof fault?.does === 'number') return problem(response, fault.does, 'SlowDown', fault.says);
    if (fault?.does === 'flood') {
      response.end(Buffer.alloc(FLOOD_BYTES));
      return;
    }
    if (bucket !== this.bucket) return problem(response, 404, 'NoSuchBucket');
    const refusal = this.refusal(request, url, body);
    if (refusal) return problem(response, ...refusal);
    this.answer(operation, request, url, key, fault?.does === 'damage' ? damaged(body) : body, response, fault);
  }

  private faultOf(operation: S3Operation): S3Fault | undefined {
    const fault = this.faults.find((one) => one.on === operation && one.times > 0);
    if (fault?.after) fault.after -= 1;
    else if (fault) {
      fault.times -= 1;
      return fault;
    }
    return undefined;
  }

  private refusal({ headers }: IncomingMessage, url: URL, body: Buffer): [number, string] | null {
    const signed = url.searchParams.get('X-Amz-Credential');
    const credential = signed ?? /Credential=([^,]+)/.exec(headers.authorization ?? '')?.[1] ?? '';
    if (!credential.startsWith(`${this.accessKeyId}/`)) return [403, 'AccessDenied'];
    if (signed !== null) return null;
    const payload = headers['x-amz-content-sha256'];
    if (payload !== sha256(body).toString('hex')) return [400, 'XAmzContentSHA256Mismatch'];
    const told = headers['x-amz-checksum-sha256'];
    if (told !== undefined && told !== sha256(body).toString('base64')) return [400, 'BadDigest'];
    return null;
  }

  private answer(
    operation: S3Operation,
    request: IncomingMessage,
    url: URL,
    key: string,
    body: Buffer,
    response: ServerResponse,
    fault?: S3Fault,
  ): void {
    const id = url.searchParams.get('uploadId') ?? '';
    const upload = this.uploads.get(id);
    const stored = this.objects.get(key);
    switch (operation) {
      case 'CreateMultipartUpload': {
        const made = randomUUID();
        this.uploads.set(made, { key, begun: new Date(), parts: new Map() });
        return xml(
          response,
          `<InitiateMultipartUploadResult><UploadId>${made}</UploadId></InitiateMultipartUploadResult>`,
        );
      }
      case 'UploadPart': {
        if (!upload) return problem(response, 404, 'NoSuchUpload');
        upload.parts.set(Number(url.searchParams.get('partNumber')), { bytes: body });
        response.setHeader('etag', `"${md5(body).toString('hex')}"`);
        if (this.checksums) response.setHeader('x-amz-checksum-sha256', sha256(body).toString('base64'));
        response.end();
        return;
      }
      case 'CompleteMultipartUpload': {
        if (!upload) return problem(response, 404, 'NoSuchUpload');
        const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, { bytes }]) => bytes);
        const told = [...body.toString().matchAll(/<ETag>([^<]+)<\/ETag>/g)].map(([, etag]) =>
          etag?.replace(/&quot;|"/g, ''),
        );
        if (told.join() !== parts.map((part) => md5(part).toString('hex')).join())
          return problem(response, 400, 'InvalidPart');
        if (fault?.does === 'damage') parts[0] = damaged(parts[0] as Buffer);
        this.objects.set(key, {
          bytes: Buffer.concat(parts),
          etag: `${md5(Buffer.concat(parts.map(md5))).toString('hex')}-${parts.length}`,
          sha256: `${sha256(Buffer.concat(parts.map(sha256))).toString('base64')}-${parts.length}`,
        });
        this.uploads.delete(id);
        return xml(response, `<CompleteMultipartUploadResult><Key>${key}</Key></CompleteMultipartUploadResult>`);
      }
      case 'AbortMultipartUpload':
        if (!this.uploads.delete(id)) return problem(response, 404, 'NoSuchUpload');
        response.writeHead(204).end();
        return;
      case 'ListMultipartUploads': {
        const prefix = url.searchParams.get('prefix') ?? '';
        const ours = [...this.uploads].filter(([, one]) => one.key.startsWith(prefix));
        const list = ours.map(
          ([uploadId, one]) =>
            `<Upload><Key>${one.key}</Key><UploadId>${uploadId}</UploadId><Initiated>${one.begun.toISOString()}</Initiated></Upload>`,
        );
        return xml(response, `<ListMultipartUploadsResult>${list.join('')}</ListMultipartUploadsResult>`);
      }
      case 'PutObject':
        this.objects.set(key, {
          bytes: body,
          etag: md5(body).toString('hex'),
          sha256: sha256(body).toString('base64'),
        });
        response.setHeader('etag', `"${md5(body).toString('hex')}"`);
        response.end();
        return;
      case 'DeleteObject':
        this.objects.delete(key);
        response.writeHead(204).end();
        return;
      case 'HeadObject':
      case 'GetObject':
        return stored ? this.give(stored, request, url, response, fault) : problem(response, 404, 'NoSuchKey');
    }
  }

  private give(
    { bytes, etag, sha256: sum }: Stored,
    request: IncomingMessage,
    url: URL,
    response: ServerResponse,
    fault?: S3Fault,
  ): void {
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const range = from === undefined ? null : { from: Number(from), to: to ? Number(to) + 1 : bytes.length };
    const body = range ? bytes.subarray(range.from, range.to) : bytes;
    const disposition = url.searchParams.get('response-content-disposition');
    response.writeHead(range ? 206 : 200, {
      etag: `"${etag}"`,
      'content-type': 'video/mp4',
      'content-length': body.length,
      ...(range && { 'content-range': `bytes ${range.from}-${range.to - 1}/${bytes.length}` }),
      ...(disposition && { 'content-disposition': disposition }),
      ...(this.checksums && request.headers['x-amz-checksum-mode'] && { 'x-amz-checksum-sha256': sum }),
    });
    if (request.method === 'HEAD') response.end();
    else if (fault?.does === 'pause') {
      const half = body.length >> 1;
      response.write(body.subarray(0, half), () => this.paused.push(() => response.end(body.subarray(half))));
    } else if (fault?.does === 'cut') response.write(body.subarray(0, body.length >> 1), () => response.destroy());
    else response.end(body);
  }
}

function operationOf({ method = '' }: IncomingMessage, { searchParams, pathname }: URL): S3Operation {
  const inBucket = pathname.split('/').filter(Boolean).length === 1;
  if (searchParams.has('uploads')) return inBucket ? 'ListMultipartUploads' : 'CreateMultipartUpload';
  if (searchParams.has('uploadId')) {
    if (method === 'PUT') return 'UploadPart';
    return method === 'POST' ? 'CompleteMultipartUpload' : 'AbortMultipartUpload';
  }
  const plain: Record<string, S3Operation> = { PUT: 'PutObject', HEAD: 'HeadObject', DELETE: 'DeleteObject' };
  return plain[method] ?? 'GetObject';
}

function damaged(bytes: Buffer): Buffer {
  const other = Buffer.from(bytes);
  if (other.length > 0) other[0] = (other[0] as number) ^ 0xff;
  return other;
}

function xml(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/xml' }).end(`<?xml version="1.0" encoding="UTF-8"?>${body}`);
}

function problem(response: ServerResponse, status: number, code: string, says = code): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${says}</Message></Error>`;
  response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
}
