import { H264Config } from '../access-unit';
import { parseAvcDecoderConfigurationRecord } from '../h264/avc-configuration';
import { parseH264Config } from '../h264/h264-config';
import { splitSample } from '../h264/nal';
import { FragmentError, readRuns, readVideoTrack, RunSample, toTicks, TrackHeader } from './fragment-boxes';

export { FragmentError } from './fragment-boxes';

/** What the video track of the stream turned out to be. */
export interface SplitTrack {
  /** Sample entry: `avc1`/`avc3` for H.264, `hvc1`/`hev1` for H.265, `mp4v`, `vp09`, `av01` … */
  readonly format: string;
  /** MPEG-4 object type for `mp4v` and the like, else `null`. */
  readonly objectType: number | null;
  /** `null` where it is not H.264. */
  readonly config: H264Config | null;
}

/** One coded picture, times in 90 kHz ticks. */
export interface SplitSample {
  readonly config: H264Config;
  /** NAL units, each behind a 4-byte length, as they were in the stream (parameter sets and delimiters are left in). */
  readonly data: Buffer;
  /** As the container says. */
  readonly keyframe: boolean;
  readonly dts: number;
  readonly cts: number;
  readonly duration: number;
}

export interface FragmentSplitterOptions {
  /** The largest picture taken, in bytes. */
  readonly maxFrameBytes: number;
  /** Called for each `moov`; throw to refuse the track. Samples of a track that is not H.264 are skipped. */
  readonly onTrack?: (track: SplitTrack) => void;
  readonly onSample: (sample: SplitSample) => void;
}

const MAX_HEADER_BOX_BYTES = 4 * 1024 * 1024;
/** A fragment may hold many pictures; ours hold one, some writers' a second or two. */
const MAX_FRAGMENT_FRAMES = 8;

interface OpenBox {
  readonly type: string;
  /** Where the box begins in the stream, and where its payload does. */
  readonly start: number;
  readonly bodyStart: number;
  /** Payload bytes still to come. */
  left: number;
  /** Collected payload, `null` for boxes that are skipped. */
  body: Buffer | null;
  filled: number;
}

/**
 * Takes a fragmented MP4 stream (FFmpeg's stdout) apart into pictures, whatever the sizes of the chunks it comes in.
 * Memory is bounded by one fragment; each byte is copied once, and a fragment of one picture is that picture's Buffer.
 */
export class FragmentSplitter {
  private position = 0;
  private header = Buffer.alloc(16);
  private headerFilled = 0;
  private open: OpenBox | null = null;
  private track: TrackHeader | null = null;
  private config: H264Config | null = null;
  private lengthSize: 1 | 2 | 3 | 4 = 4;
  private runs: readonly RunSample[] = [];
  private nextDts = 0;

  constructor(private readonly options: FragmentSplitterOptions) {}

  /**
   * @throws FragmentError where the stream is malformed or beyond the bounds; CameraError where its H.264 description is.
   */
  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      const taken = this.open ? this.fill(this.open, chunk, at) : this.readHeader(chunk, at);
      at += taken;
      this.position += taken;
      if (this.open && this.open.left === 0) this.close(this.open);
    }
  }

  private readHeader(chunk: Buffer, at: number): number {
    const want = this.headerFilled < 8 ? 8 : 16;
    const taken = chunk.copy(this.header, this.headerFilled, at, at + want - this.headerFilled);
    this.headerFilled += taken;
    if (this.headerFilled < want) return taken;
    let size = this.header.readUInt32BE(0);
    if (size === 1 && want === 8) return taken;
    if (want === 16) size = Number(this.header.readBigUInt64BE(8));
    const type = this.header.toString('latin1', 4, 8);
    // Size 0 is "to the end of the file" (§4.2): of a stream that has none.
    if (size < want) throw new FragmentError(`a ${printable(type)} box of ${size} bytes`);
    const bodyStart = this.position + taken;
    this.headerFilled = 0;
    this.open = {
      type,
      start: bodyStart - want,
      bodyStart,
      left: size - want,
      body: this.bodyFor(type, size - want),
      filled: 0,
    };
    return taken;
  }

  private bodyFor(type: string, bytes: number): Buffer | null {
    const wanted = type === 'moov' || type === 'moof' || (type === 'mdat' && this.runs.length > 0);
    if (!wanted) return null;
    const most = type === 'mdat' ? this.options.maxFrameBytes * MAX_FRAGMENT_FRAMES : MAX_HEADER_BOX_BYTES;
    if (bytes > most) throw new FragmentError(`a ${type} box of ${bytes} bytes`);
    return Buffer.allocUnsafeSlow(bytes);
  }

  private fill(box: OpenBox, chunk: Buffer, at: number): number {
    const taken = Math.min(box.left, chunk.length - at);
    if (box.body) box.filled += chunk.copy(box.body, box.filled, at, at + taken);
    box.left -= taken;
    return taken;
  }

  private close(box: OpenBox): void {
    this.open = null;
    if (!box.body) return;
    if (box.type === 'moov') this.onMoov(box.body);
    else if (box.type === 'moof') this.onMoof(box.body, box.start);
    else this.onMdat(box.body, box.bodyStart);
  }

  private onMoov(moov: Buffer): void {
    this.track = readVideoTrack(moov);
    this.config = null;
    this.runs = [];
    if (!this.track) throw new FragmentError('no video track');
    const { format, objectType, avcC } = this.track;
    if ((format === 'avc1' || format === 'avc3') && avcC) {
      const record = parseAvcDecoderConfigurationRecord(avcC);
      this.lengthSize = record.lengthSize;
      this.config = parseH264Config(record.sps, record.pps);
    }
    this.options.onTrack?.({ format, objectType, config: this.config });
  }

  private onMoof(moof: Buffer, start: number): void {
    if (!this.track) throw new FragmentError('a fragment before the movie header');
    this.runs = this.config ? readRuns(moof, start, this.track, this.nextDts) : [];
    const last = this.runs[this.runs.length - 1];
    if (last) this.nextDts = last.dts + last.duration;
    const tooLarge = this.runs.find(({ size }) => size > this.options.maxFrameBytes);
    if (tooLarge) throw new FragmentError(`a frame of ${tooLarge.size} bytes`);
  }

  private onMdat(body: Buffer, start: number): void {
    const { track, config, runs } = this;
    this.runs = [];
    if (!track || !config) return;
    for (const run of runs) {
      const from = run.offset - start;
      if (from < 0 || from + run.size > body.length) throw new FragmentError('a sample outside its fragment');
      const bytes = body.subarray(from, from + run.size);
      const { timescale } = track;
      const dts = toTicks(run.dts, timescale);
      this.options.onSample({
        config,
        data: this.lengthSize === 4 ? bytes : joinSample(splitSample(bytes, this.lengthSize)),
        keyframe: run.keyframe,
        dts,
        cts: toTicks(run.dts + run.cts, timescale) - dts,
        duration: toTicks(run.dts + run.duration, timescale) - dts,
      });
    }
  }
}

/** NAL units as one sample, each behind a 4-byte length. */
export function joinSample(nals: readonly Buffer[]): Buffer {
  const out = Buffer.allocUnsafeSlow(nals.reduce((sum, nal) => sum + 4 + nal.length, 0));
  let at = 0;
  for (const nal of nals) {
    at = out.writeUInt32BE(nal.length, at);
    at += nal.copy(out, at);
  }
  return out;
}

function printable(type: string): string {
  return type.replace(/[^\x20-\x7e]/g, '?');
}
