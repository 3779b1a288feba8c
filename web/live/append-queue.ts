import type { BufferedRange } from './playback-control';

type Bytes = Uint8Array<ArrayBuffer>;

type Step =
  | { readonly kind: 'init'; readonly codec: string; readonly data: Bytes }
  | { readonly kind: 'media'; readonly data: Bytes; readonly keyframe: boolean; readonly at: number }
  | { readonly kind: 'clear' };

/** Of the past so much is kept, in seconds; more is taken away in one go now and then. */
const KEEP_SECONDS = 20;
const TRIM_SECONDS = 5;
/** Waiting fragments beyond this mean that nothing is taken any more: only what follows the newest keyframe is kept. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024;

/** What {@link AppendQueue} needs of a `SourceBuffer`. */
export type Buffer = Pick<
  SourceBuffer,
  'updating' | 'buffered' | 'appendBuffer' | 'remove' | 'changeType' | 'abort' | 'addEventListener'
>;

/** The MIME type of a fragment with this codec. */
export function mediaType(codec: string): string {
  return `video/mp4; codecs="${codec}"`;
}

/**
 * Feeds a source buffer, which takes one thing at a time: everything waits in one queue, drained on `updateend`, and all
 * fragments that wait are joined into one append.
 */
export class AppendQueue {
  private steps: Step[] = [];
  private waitingBytes = 0;
  private appending: number | null = null;
  private resting = false;

  /**
   * @param codec the buffer was made for
   * @param onAppended after every change of what is buffered; with when the newest fragment in it got to the service, where
   *   it was fragments
   * @param onFailed the buffer is of no use any more
   */
  constructor(
    private readonly buffer: Buffer,
    private codec: string,
    private readonly position: () => number,
    private readonly onAppended: (at: number | null) => void,
    private readonly onFailed: (error: unknown) => void,
  ) {
    buffer.addEventListener('updateend', () => {
      const at = this.appending;
      this.appending = null;
      this.onAppended(at);
      this.drain();
    });
    buffer.addEventListener('error', () => this.onFailed(new Error('the browser could not read a fragment')));
  }

  /** Everything after this is of another format. */
  init(codec: string, data: Bytes): void {
    this.add({ kind: 'init', codec, data });
  }

  media(data: Bytes, keyframe: boolean, at: number): void {
    this.waitingBytes += data.length;
    this.steps.push({ kind: 'media', data, keyframe, at });
    if (this.waitingBytes > MAX_WAITING_BYTES) this.skipToKeyframe();
    if (keyframe || !this.resting) this.drain();
  }

  /** Nobody looks: fragments are appended a group of pictures at a time, which leaves the machine to whatever plays. */
  rest(): void {
    this.resting = true;
  }

  /** Ends {@link rest}: what waits is appended at once. */
  wake(): void {
    this.resting = false;
    this.drain();
  }

  /** What is there and what waits is of the past: the timeline may begin anew. */
  clear(): void {
    this.steps = [];
    this.waitingBytes = 0;
    this.add({ kind: 'clear' });
  }

  get ranges(): BufferedRange[] {
    return toRanges(this.buffer.buffered);
  }

  private add(step: Step): void {
    this.steps.push(step);
    this.drain();
  }

  private drain(): void {
    if (this.buffer.updating) return;
    try {
      if (this.trim()) return;
      const [step] = this.steps;
      if (step === undefined) return;
      if (step.kind === 'media') return this.append(this.takeMedia());
      this.steps.shift();
      if (step.kind === 'init') this.change(step.codec, step.data);
      else this.empty();
    } catch (error) {
      this.onFailed(error);
    }
  }

  private change(codec: string, data: Bytes): void {
    if (codec !== this.codec) this.buffer.changeType(mediaType(codec));
    this.codec = codec;
    this.append(data);
  }

  private empty(): void {
    this.buffer.abort();
    if (this.buffer.buffered.length > 0) this.buffer.remove(0, Infinity);
    else this.drain();
  }

  private append(data: Bytes): void {
    try {
      this.buffer.appendBuffer(data);
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') throw error;
      // Room is made by giving up the past; what did not fit is lost, and the picture goes on at the next keyframe.
      const end = this.position() - 1;
      if (end > 0) this.buffer.remove(0, end);
    }
  }

  /** All fragments up to the next change of format, in one piece. */
  private takeMedia(): Bytes {
    const until = this.steps.findIndex(({ kind }) => kind !== 'media');
    const run = this.steps.splice(0, until < 0 ? this.steps.length : until) as Extract<Step, { kind: 'media' }>[];
    this.appending = run[run.length - 1]?.at ?? null;
    const bytes = run.reduce((sum, { data }) => sum + data.length, 0);
    this.waitingBytes -= bytes;
    if (run[0] && run.length === 1) return run[0].data;
    const joined = new Uint8Array(bytes);
    let offset = 0;
    for (const { data } of run) {
      joined.set(data, offset);
      offset += data.length;
    }
    return joined;
  }

  /** Before the position, or, where nothing plays, before the end. */
  private trim(): boolean {
    const { buffered } = this.buffer;
    if (buffered.length === 0) return false;
    const end = buffered.end(buffered.length - 1);
    const upTo = Math.min(this.position(), end) - KEEP_SECONDS;
    const late = end - KEEP_SECONDS * 3;
    const cut = Math.max(upTo, late);
    if (cut - buffered.start(0) < TRIM_SECONDS) return false;
    this.buffer.remove(0, cut);
    return true;
  }

  private skipToKeyframe(): void {
    let newest = this.steps.length;
    this.steps.forEach((step, index) => {
      if (step.kind === 'media' && step.keyframe) newest = index;
    });
    this.steps = this.steps.filter((step, index) => step.kind !== 'media' || index >= newest);
    this.waitingBytes = this.steps.reduce((sum, step) => sum + (step.kind === 'media' ? step.data.length : 0), 0);
  }
}

export function toRanges(buffered: TimeRanges): BufferedRange[] {
  return Array.from({ length: buffered.length }, (_, i) => ({ start: buffered.start(i), end: buffered.end(i) }));
}
