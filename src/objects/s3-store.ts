import type { Readable } from 'node:stream';
import type { S3Client, UploadPartCommandInput } from '@aws-sdk/client-s3';
import { compositeEtag, compositeSha256, mustHash } from './object-sums';
import {
  ObjectFault,
  ObjectStore,
  PartBody,
  PartUploads,
  SentPart,
  SignedUrlOptions,
  StaleUploads,
  WholeObject,
} from './object-store';
import { partBytesFor } from './part-plan';
import { S3Requests } from './s3-requests';
import { isObjectKey, S3Keys, S3Place } from './store-place';
import { faultOf, StoreHttp } from './store-http';

type Sdk = typeof import('@aws-sdk/client-s3');

const MD5 = /^[0-9a-f]{32}$/;
/** Characters of what a storage says of an error. */
const MOST_SAID = 200;
const CHECKSUM_FAULTS = ['BadDigest', 'InvalidDigest', 'XAmzContentSHA256Mismatch', 'XAmzContentChecksumMismatch'];

/** A bucket of Amazon S3, or of what speaks its language (MinIO, R2, B2, Ceph, …). */
export class S3Store extends ObjectStore implements PartUploads {
  override readonly parts: PartUploads = this;
  private opened: { sdk: Sdk; client: S3Client } | null = null;

  constructor(
    private readonly place: S3Place,
    private readonly keys: S3Keys,
    private readonly http: StoreHttp,
  ) {
    super();
  }

  partBytes(total: number): number {
    return partBytesFor(total);
  }

  begin(key: string, signal: AbortSignal): Promise<string> {
    return this.asking(async ({ sdk, client }) => {
      const input = { ...this.at(key), ContentType: 'video/mp4', ChecksumAlgorithm: 'SHA256' as const };
      const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand(input), { abortSignal: signal });
      if (!UploadId) throw new ObjectFault('storage_failed');
      return UploadId;
    }, signal);
  }

  override put(
    key: string,
    whole: Omit<WholeObject, 'parts'>,
    body: () => Readable | Buffer,
    signal: AbortSignal,
  ): Promise<void> {
    return this.asking(async ({ sdk, client }) => {
      const command = new sdk.PutObjectCommand({
        ...this.at(key),
        Body: body(),
        ContentLength: whole.bytes,
        ChecksumSHA256: Buffer.from(whole.sha256, 'hex').toString('base64'),
      });
      payloadIs(command, whole.sha256);
      await client.send(command, { abortSignal: signal });
    }, signal);
  }

  putPart(key: string, uploadId: string, part: PartBody, signal: AbortSignal): Promise<string> {
    return this.asking(async ({ sdk, client }) => {
      const { number, bytes, sha256, md5 } = part;
      const expected = Buffer.from(sha256, 'hex').toString('base64');
      const input: UploadPartCommandInput = {
        ...this.at(key),
        UploadId: uploadId,
        PartNumber: number,
        Body: bytes,
        ContentLength: bytes.length,
        ChecksumSHA256: expected,
      };
      const command = new sdk.UploadPartCommand(input);
      payloadIs(command, sha256);
      const answer = await client.send(command, { abortSignal: signal });
      const etag = bare(answer.ETag);
      if (!etag) throw new ObjectFault('storage_failed');
      const foreign = answer.ChecksumSHA256 !== undefined && answer.ChecksumSHA256 !== expected;
      // With keys of AWS KMS an ETag is no MD5.
      const plain = answer.ServerSideEncryption === undefined || answer.ServerSideEncryption === 'AES256';
      if (foreign || (plain && MD5.test(etag) && etag !== md5)) throw new ObjectFault('storage_checksum');
      return etag;
    }, signal);
  }

  finish(key: string, uploadId: string, parts: readonly SentPart[], signal: AbortSignal): Promise<void> {
    return this.asking(async ({ sdk, client }) => {
      const Parts = parts.map(({ number, etag, sha256 }) => {
        return { PartNumber: number, ETag: etag, ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64') };
      });
      const input = { ...this.at(key), UploadId: uploadId, MultipartUpload: { Parts } };
      await client.send(new sdk.CompleteMultipartUploadCommand(input), { abortSignal: signal });
    }, signal);
  }

  async abort(key: string, uploadId: string, signal: AbortSignal): Promise<void> {
    await this.asking(({ sdk, client }) => {
      const command = new sdk.AbortMultipartUploadCommand({ ...this.at(key), UploadId: uploadId });
      return client.send(command, { abortSignal: signal });
    }, signal).catch(unlessMissing);
  }

  abortStale({ folder, before, living }: StaleUploads, signal: AbortSignal): Promise<number> {
    return this.asking(async ({ sdk, client }) => {
      const command = new sdk.ListMultipartUploadsCommand({ Bucket: this.place.bucket, Prefix: folder });
      const { Uploads = [] } = await client.send(command, { abortSignal: signal });
      let aborted = 0;
      for (const { Key, UploadId, Initiated } of Uploads) {
        if (!Key || !UploadId || !Initiated || Initiated >= before || living.has(UploadId)) continue;
        if (!isObjectKey(folder, Key)) continue;
        await this.abort(Key, UploadId, signal);
        aborted += 1;
      }
      return aborted;
    }, signal);
  }

  override async size(key: string, signal: AbortSignal): Promise<number | null> {
    return (await this.head(key, signal))?.bytes ?? null;
  }

  override async verify(key: string, whole: WholeObject, signal: AbortSignal): Promise<void> {
    const head = await this.head(key, signal);
    if (!head) throw new ObjectFault('storage_missing');
    if (head.bytes !== whole.bytes) throw new ObjectFault('storage_checksum');
    const { parts } = whole;
    if (parts.length > 0) {
      if (head.sha256 !== null && head.sha256.endsWith(`-${parts.length}`)) {
        if (head.sha256 === compositeSha256(parts)) return;
        throw new ObjectFault('storage_checksum');
      }
      if (head.etag === compositeEtag(parts)) return;
    } else if (head.sha256 === Buffer.from(whole.sha256, 'hex').toString('base64')) return;
    await mustHash(await this.read(key, { from: 0, to: whole.bytes }, signal), whole).catch((error: unknown) => {
      throw faultOf(error);
    });
  }

  override read(key: string, { from, to }: { from: number; to: number }, signal: AbortSignal): Promise<Readable> {
    return this.asking(async ({ sdk, client }) => {
      const command = new sdk.GetObjectCommand({ ...this.at(key), Range: `bytes=${from}-${to - 1}` });
      const { Body, ContentLength } = await client.send(command, { abortSignal: signal });
      const body = Body as Readable;
      if (ContentLength === to - from) return body;
      body.destroy();
      throw new ObjectFault('storage_checksum');
    }, signal);
  }

  override async delete(key: string, signal: AbortSignal): Promise<void> {
    await this.asking(({ sdk, client }) => {
      return client.send(new sdk.DeleteObjectCommand(this.at(key)), { abortSignal: signal });
    }, signal).catch(unlessMissing);
  }

  override async signedUrl(key: string, { seconds, filename, disposition }: SignedUrlOptions): Promise<string> {
    const { sdk, client } = await this.open();
    const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
    const command = new sdk.GetObjectCommand({
      ...this.at(key),
      ResponseContentType: 'video/mp4',
      ResponseContentDisposition: `${disposition}; filename="${filename}"`,
    });
    return getSignedUrl(client, command, { expiresIn: seconds });
  }

  private head(
    key: string,
    signal: AbortSignal,
  ): Promise<{ bytes: number; etag: string | null; sha256: string | null } | null> {
    return this.asking(async ({ sdk, client }) => {
      const command = new sdk.HeadObjectCommand({ ...this.at(key), ChecksumMode: 'ENABLED' });
      const { ContentLength, ETag, ChecksumSHA256 } = await client.send(command, { abortSignal: signal });
      return { bytes: ContentLength ?? -1, etag: bare(ETag), sha256: ChecksumSHA256 ?? null };
    }, signal).catch(unlessMissing);
  }

  private at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.place.bucket, Key: key };
  }

  private async asking<T>(ask: (tools: { sdk: Sdk; client: S3Client }) => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await ask(await this.open());
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw asFault(error);
    }
  }

  /** The SDK is loaded by those who use it only. */
  private async open(): Promise<{ sdk: Sdk; client: S3Client }> {
    if (this.opened) return this.opened;
    const sdk = await import('@aws-sdk/client-s3');
    const { endpoint, region, pathStyle } = this.place;
    const client = new sdk.S3Client({
      endpoint,
      region,
      forcePathStyle: pathStyle,
      credentials: { ...this.keys },
      requestHandler: new S3Requests(this.http) as never,
      // Who asks tries again, and knows when it is enough.
      maxAttempts: 1,
      // Ours are SHA-256; not all that speak S3 know the SDK's CRCs.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      followRegionRedirects: false,
      // Nothing of the environment and of files in the home folder is ours.
      useArnRegion: false,
      useDualstackEndpoint: false,
      useFipsEndpoint: false,
      defaultsMode: 'standard',
    });
    this.opened = { sdk, client };
    return this.opened;
  }
}

/** The signature is over the payload's SHA-256, which is known: it is not reckoned again in one go. */
function payloadIs(command: { middlewareStack: { add: unknown } }, sha256: string): void {
  const stack = command.middlewareStack as {
    add: (middleware: (next: Next) => Next, options: { step: 'build'; name: string }) => void;
  };
  stack.add(
    (next) => (args) => {
      args.request.headers['x-amz-content-sha256'] = sha256;
      return next(args);
    },
    { step: 'build', name: 'payloadSha256' },
  );
}
type Next = (args: { request: { headers: Record<string, string> } }) => Promise<unknown>;

function bare(etag: string | undefined): string | null {
  return etag?.replace(/^"|"$/g, '') || null;
}

function unlessMissing(error: unknown): null {
  if (error instanceof ObjectFault && error.code === 'storage_missing') return null;
  throw error;
}

function asFault(error: unknown): unknown {
  if (error instanceof ObjectFault) return error;
  const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return faultOf(error);
  const because = { cause: inShort(error as Error, status) };
  if (CHECKSUM_FAULTS.includes(name)) return new ObjectFault('storage_checksum', undefined, because);
  if (status === 401 || status === 403) return new ObjectFault('storage_refused', undefined, because);
  if (status === 404) return new ObjectFault('storage_missing', undefined, because);
  const said = /^\w{1,60}$/.test(name) ? ` (${name})` : '';
  const detail = status >= 500 || status === 429 ? undefined : `The storage answered ${status}${said}.`;
  return new ObjectFault('storage_failed', detail, because);
}

/** The SDK's error has all that the other end said, which may be anything and comes into the log. */
function inShort({ name, message }: Error, status: number): Error {
  const brief = new Error(`${status} ${name.slice(0, MOST_SAID)}: ${message.slice(0, MOST_SAID)}`);
  brief.name = 'S3Error';
  return brief;
}
