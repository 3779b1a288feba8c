import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { DiskFile } from '../storage/disk';
import { FileChanged, IncomingVideos } from '../storage/incoming-videos';
import { VideoStore } from '../storage/video-store';
import { mustHash } from './object-sums';
import { ObjectFault, ObjectStore, WholeObject } from './object-store';

const KEY = /^([1-9]\d{0,9})\/([0-9a-f-]{36})\.mp4$/;
const CHUNK_BYTES = 256 * 1024;

/** The videos' folder of this machine, as the storage that every club has. Keys are `<club_id>/<session_id>.mp4`. */
export class LocalStore extends ObjectStore {
  override readonly parts = null;

  /** @param reserveBytes how much must stay free */
  constructor(
    private readonly videos: VideoStore,
    private readonly incoming: IncomingVideos,
    private readonly reserveBytes: () => number,
  ) {
    super();
  }

  /** What comes is verified before it has its name. A file that is there already stays. */
  override async put(
    key: string,
    { bytes, sha256 }: Omit<WholeObject, 'parts'>,
    body: () => Readable | Buffer,
    signal: AbortSignal,
  ): Promise<void> {
    const [clubId, sessionId] = idsOf(key);
    const hash = createHash('sha256');
    const given = body();
    const chunks = Buffer.isBuffer(given) ? [given] : (given as AsyncIterable<Buffer>);
    async function* watched(): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        signal.throwIfAborted();
        hash.update(chunk);
        yield chunk;
      }
    }
    try {
      const path = await this.incoming.receive(sessionId, watched(), bytes, this.reserveBytes());
      try {
        if (hash.digest('hex') !== sha256) throw new ObjectFault('storage_checksum');
        await this.incoming.publish(path, clubId, sessionId);
      } catch (error) {
        await this.incoming.drop(path);
        throw error;
      }
    } catch (error) {
      if (!(error instanceof FileChanged)) throw error;
      throw new ObjectFault('storage_checksum', undefined, { cause: error });
    }
  }

  override async size(key: string): Promise<number | null> {
    const opened = await this.videos.openVideo(...idsOf(key));
    await opened?.file.close();
    return opened?.entry.bytes ?? null;
  }

  override async verify(key: string, whole: WholeObject, signal: AbortSignal): Promise<void> {
    const bytes = await this.size(key);
    if (bytes === null) throw new ObjectFault('storage_missing');
    if (bytes !== whole.bytes) throw new ObjectFault('storage_checksum');
    await mustHash(await this.read(key, { from: 0, to: bytes }, signal), whole);
  }

  override async read(key: string, range: { from: number; to: number }, signal: AbortSignal): Promise<Readable> {
    const opened = await this.videos.openVideo(...idsOf(key));
    if (!opened) throw new ObjectFault('storage_missing');
    const { file } = opened;
    async function* closing(): AsyncGenerator<Buffer> {
      try {
        yield* chunksOf(file, range, signal);
      } finally {
        await file.close();
      }
    }
    return Readable.from(closing(), { objectMode: false });
  }

  override async delete(key: string): Promise<void> {
    await this.videos.deleteVideo(...idsOf(key));
  }

  override signedUrl(): Promise<null> {
    return Promise.resolve(null);
  }
}

/** A stretch of a file, which stays open. @param signal checked between chunks */
export async function* chunksOf(
  file: DiskFile,
  { from, to }: { readonly from: number; readonly to: number },
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  for (let at = from; at < to;) {
    signal.throwIfAborted();
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, to - at));
    const read = await file.read(chunk, at);
    if (read === 0) throw new ObjectFault('storage_checksum');
    at += read;
    yield chunk.subarray(0, read);
  }
}

function idsOf(key: string): [clubId: number, sessionId: string] {
  const [, clubId, sessionId] = KEY.exec(key) ?? [];
  if (clubId === undefined || sessionId === undefined) throw new ObjectFault('storage_missing');
  return [Number(clubId), sessionId];
}
