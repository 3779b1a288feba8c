import { ApiProblem } from '../api/problem';

/** How far a download has come. */
export interface DownloadProgress {
  readonly received: number;
  readonly total: number;
  /** Bytes a second lately; `null`: it is too early to say. */
  readonly pace: number | null;
}

/** So much of it is handed to the browser in one piece, which may then keep it on disk. */
const PIECE_BYTES = 16_000_000;
const TELL_MS = 200;
const PACE_MS = 5_000;
const PACE_LEAST_MS = 1_000;

/** The pace over the last seconds. */
export class Pace {
  private marks: { at: number; received: number }[] = [];

  /** @param at milliseconds of any clock that only goes on */
  add(at: number, received: number): void {
    this.marks.push({ at, received });
    while (this.marks.length > 2 && at - (this.marks[1]?.at ?? at) >= PACE_MS) this.marks.shift();
  }

  /** Bytes a second. */
  get value(): number | null {
    const [first, last] = [this.marks[0], this.marks.at(-1)];
    if (!first || !last || last.at - first.at < PACE_LEAST_MS) return null;
    return (1000 * (last.received - first.received)) / (last.at - first.at);
  }
}

/** Seconds until it is there. */
export function secondsLeft({ received, total, pace }: DownloadProgress): number | null {
  return pace === null || pace <= 0 ? null : (total - received) / pace;
}

/** Fetches a file and says how far it is. What has come is kept: after a fault {@link run} goes on where it was. */
export class FileDownload {
  private pieces: Blob[] = [];
  private waiting: Uint8Array<ArrayBuffer>[] = [];
  private waitingBytes = 0;
  private received = 0;
  private etag: string | null = null;
  private readonly abort = new AbortController();
  private toldAt = -Infinity;

  /** @param ask how to ask for it, as whoever is signed in */
  constructor(
    private readonly url: string,
    private total: number,
    private readonly ask: (request: Request) => Promise<Response>,
    private readonly onProgress: (progress: DownloadProgress) => void,
  ) {}

  get cancelled(): boolean {
    return this.abort.signal.aborted;
  }

  /** Forgets all of it. */
  cancel(): void {
    this.abort.abort();
    this.startOver();
  }

  /** @throws ApiProblem where it is refused or the network fails; whatever the network throws where it ends too soon */
  async run(): Promise<Blob> {
    const response = await this.ask(this.request());
    if (!response.ok) throw await ApiProblem.of(response);
    if (response.status !== 206) this.startOver();
    this.etag = response.headers.get('etag');
    const length = Number(response.headers.get('content-length'));
    if (length > 0) this.total = this.received + length;
    const pace = new Pace();
    const reader = response.body?.getReader();
    for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
      this.take(chunk.value);
      this.tell(pace);
    }
    this.abort.signal.throwIfAborted();
    if (this.received !== this.total) throw ApiProblem.network(new Error('the file ended too soon'));
    this.join();
    this.onProgress({ received: this.received, total: this.total, pace: pace.value });
    return new Blob(this.pieces, { type: 'video/mp4' });
  }

  /** The rest, if it is still the same file; all of it otherwise. */
  private request(): Request {
    const rest = this.received > 0 && this.etag !== null;
    if (!rest) this.startOver();
    const headers: HeadersInit = rest ? { range: `bytes=${this.received}-`, 'if-range': this.etag as string } : {};
    return new Request(this.url, { headers, signal: this.abort.signal, cache: 'no-store' });
  }

  private take(chunk: Uint8Array<ArrayBuffer>): void {
    this.waiting.push(chunk);
    this.waitingBytes += chunk.length;
    this.received += chunk.length;
    if (this.waitingBytes >= PIECE_BYTES) this.join();
  }

  private join(): void {
    if (this.waitingBytes > 0) this.pieces.push(new Blob(this.waiting));
    this.waiting = [];
    this.waitingBytes = 0;
  }

  private startOver(): void {
    this.pieces = [];
    this.waiting = [];
    this.waitingBytes = 0;
    this.received = 0;
  }

  private tell(pace: Pace): void {
    const now = performance.now();
    if (now - this.toldAt < TELL_MS) return;
    this.toldAt = now;
    pace.add(now, this.received);
    this.onProgress({ received: this.received, total: this.total, pace: pace.value });
  }
}
