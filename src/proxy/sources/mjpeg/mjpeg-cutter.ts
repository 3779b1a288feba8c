import { END_OF_IMAGE, readClaimedSize, START_OF_IMAGE, walkJpegHeader } from '../../../media/jpeg';
import { CameraError } from '../../camera-error';
import { ByteWindow } from './byte-window';
import { PartHeader, readPartHeader } from './part-header';

export interface MjpegCutterOptions {
  readonly maxJpegBytes: number;
  /** What may stand between two pictures (boundary and part header). */
  readonly maxHeaderBytes: number;
  /** Longest side in pixels. */
  readonly maxPictureSize: number;
  /** One whole picture in a Buffer of its own. */
  readonly onJpeg: (data: Buffer, width: number, height: number) => void;
  /** A picture was begun and is not whole; it was dropped. */
  readonly onLoss: () => void;
}

/** After so many pictures in a row whose Content-Length was the truth it is believed without searching for the end. */
const TRUSTED_AFTER = 3;

/**
 * Cuts JPEGs out of what a camera sends as `multipart/x-mixed-replace`.
 *
 * It does not look for the boundary, which cameras get wrong in every way: text never holds 0xFF 0xD8 0xFF, so the next
 * SOI is the next picture, and what stands before it is its header. Its end is where Content-Length says if that has
 * proved true, else the EOI, found by walking the segments (APPn thumbnails are skipped) and searching the scan, whose
 * data is byte-stuffed (ITU-T T.81 B.1.1.5). Linear in the bytes whatever the size of the chunks; memory is bounded by
 * one picture and one header.
 */
export class MjpegCutter {
  private readonly window = new ByteWindow();
  private state: 'between' | 'header' | 'scan' | 'skip' = 'between';
  /** Where the search goes on, in the window. */
  private at = 0;
  private pictureAt = 0;
  private segmentAt = 0;
  private scanAt = 0;
  /** An EOI found already, or -1; and how far there is none. */
  private endAt = -1;
  private length: number | null = null;
  private skipLeft = 0;
  private truths = 0;
  /** Bytes thrown away since a picture was given up: the rest of it, not a header. -1 while in step. */
  private discarded = -1;

  constructor(private readonly options: MjpegCutterOptions) {}

  /** @throws CameraError `camera_unsupported` where a picture or what stands between two is beyond the bounds. */
  push(chunk: Buffer): void {
    if (this.state === 'skip') {
      const skipped = Math.min(this.skipLeft, chunk.length);
      this.skipLeft -= skipped;
      if (this.skipLeft > 0) return;
      this.state = 'between';
      chunk = chunk.subarray(skipped);
    }
    if (chunk.length === 0) return;
    const moved = this.window.append(chunk);
    this.at -= moved;
    this.pictureAt -= moved;
    this.segmentAt -= moved;
    this.scanAt -= moved;
    if (this.endAt >= 0) this.endAt -= moved;
    while (this.step());
  }

  /** The body ended: what was begun is lost. */
  end(): void {
    if (this.state === 'header' || this.state === 'scan') this.options.onLoss();
    this.state = 'between';
    this.window.start = this.window.end;
  }

  private step(): boolean {
    switch (this.state) {
      case 'between':
        return this.findPicture();
      case 'header':
        return this.walkHeader();
      case 'scan':
        return this.findEnd();
      case 'skip':
        return false;
    }
  }

  private findPicture(): boolean {
    const { window, options } = this;
    const { bytes } = window;
    // Padding after a picture (some cameras fill up blocks) is no header.
    if (this.discarded < 0 && this.at === window.start) {
      while (window.start < window.end && isPadding(bytes[window.start])) window.start++;
      this.at = window.start;
    }
    const found = window.indexOf(START_OF_IMAGE, this.at);
    const headerEnd = found < 0 ? window.end : found;
    if (this.discarded >= 0) return this.resync(found);
    if (found < 0) {
      this.at = Math.max(window.start, window.end - 2);
      if (window.length <= options.maxHeaderBytes) return false;
    }
    const header = readPartHeader(
      bytes.subarray(window.start, Math.min(headerEnd, window.start + options.maxHeaderBytes)),
    );
    if (this.skipForeignPart(header, headerEnd, found)) return true;
    if (headerEnd - window.start > options.maxHeaderBytes) {
      throw unsupported('The camera sends no picture where one should begin. Set its stream to MJPEG or H.264.');
    }
    this.length = header.contentLength;
    this.begin(found);
    return true;
  }

  /** After a lost picture: drops everything up to the next SOI. */
  private resync(found: number): boolean {
    const { window } = this;
    const next = found >= 0 ? found : Math.max(window.start, window.end - 2);
    this.discarded += next - window.start;
    if (this.discarded > this.options.maxJpegBytes) throw this.tooLarge();
    window.start = this.at = next;
    if (found < 0) return false;
    this.length = null;
    this.begin(found);
    return true;
  }

  /** Sound or text between the pictures, by its own word: its bytes are not searched. */
  private skipForeignPart(header: PartHeader, upTo: number, found: number): boolean {
    const { window } = this;
    const { contentType, contentLength, bodyAt } = header;
    if (contentType === null || contentLength === null || bodyAt === null || !FOREIGN.test(contentType)) return false;
    // A picture under a wrong label is a picture.
    if (found === window.start + bodyAt) return false;
    const end = window.start + bodyAt + contentLength;
    if (end <= upTo) return false;
    if (end <= window.end) {
      window.start = this.at = end;
      return true;
    }
    this.skipLeft = end - window.end;
    window.start = this.at = window.end;
    this.state = 'skip';
    return true;
  }

  private begin(at: number): void {
    this.discarded = -1;
    this.pictureAt = this.window.start = at;
    this.at = this.segmentAt = at + 2;
    this.state = 'header';
  }

  private walkHeader(): boolean {
    const { window } = this;
    const walk = walkJpegHeader(window.bytes, this.at, undefined, window.end, this.segmentAt);
    this.at = walk.at;
    this.segmentAt = walk.last;
    if (walk.state === 'more') return this.needMore();
    if (walk.state === 'broken') {
      // Cut inside a segment: that segment may have swallowed the next picture's beginning, but an APPn may hold a
      // thumbnail of its own, which must never pass for the picture.
      const marker = window.bytes[walk.last + 1] ?? 0;
      const from = marker >= 0xe0 && marker <= 0xef ? walk.at : Math.max(walk.last, this.pictureAt + 2);
      this.lose(from);
      return true;
    }
    this.scanAt = walk.at;
    if (this.endAt < walk.at) this.endAt = -1;
    this.state = 'scan';
    return true;
  }

  private findEnd(): boolean {
    const { window, length } = this;
    if (this.truths >= TRUSTED_AFTER && length !== null && length <= this.options.maxJpegBytes) {
      const end = this.pictureAt + length;
      if (window.end < end) return this.needMore();
      if (end - 2 >= this.scanAt && window.bytes[end - 2] === 0xff && window.bytes[end - 1] === 0xd9) {
        this.deliver(end);
        return true;
      }
      this.truths = 0;
      this.at = this.scanAt;
    }
    if (this.endAt < 0) {
      this.endAt = window.indexOf(END_OF_IMAGE, Math.max(this.at, this.scanAt));
      if (this.endAt < 0) {
        this.at = Math.max(this.scanAt, window.end - 1);
        return this.needMore();
      }
    }
    const end = this.endAt + 2;
    const next = window.indexOf(START_OF_IMAGE, this.scanAt, end);
    if (next >= 0) {
      this.lose(next);
      return true;
    }
    this.truths = length === end - this.pictureAt ? this.truths + 1 : 0;
    this.deliver(end);
    return true;
  }

  private deliver(end: number): void {
    const { window, pictureAt, options } = this;
    if (end - pictureAt > options.maxJpegBytes) throw this.tooLarge();
    const size = readClaimedSize(window.bytes.subarray(pictureAt, end));
    if (size && (size.width > options.maxPictureSize || size.height > options.maxPictureSize)) {
      const { width, height } = size;
      throw unsupported(
        `The camera's picture of ${width}x${height} pixels is too large (at most ${options.maxPictureSize}).`,
      );
    }
    const data = size ? window.cut(pictureAt, end) : null;
    window.start = this.at = end;
    this.endAt = -1;
    this.state = 'between';
    if (data && size) options.onJpeg(data, size.width, size.height);
    else options.onLoss();
  }

  /** Gives the picture up and goes on at `from`. */
  private lose(from: number): void {
    this.options.onLoss();
    this.truths = 0;
    this.discarded = 0;
    this.state = 'between';
    this.window.start = this.at = Math.min(from, this.window.end);
  }

  private needMore(): false {
    if (this.window.end - this.pictureAt > this.options.maxJpegBytes) throw this.tooLarge();
    return false;
  }

  private tooLarge(): CameraError {
    const mebibytes = Math.floor(this.options.maxJpegBytes / 1024 / 1024);
    return unsupported(`The camera sends a picture of more than ${mebibytes} MB. Lower its resolution or quality.`);
  }
}

/** Types of parts that are not pictures. */
const FOREIGN = /^(audio|video|text|application)\/(?!octet-stream)/;

function isPadding(byte: number | undefined): boolean {
  return byte === 0 || byte === 0x0d || byte === 0x0a || byte === 0x20;
}

function unsupported(message: string): CameraError {
  return new CameraError('camera_unsupported', message);
}
