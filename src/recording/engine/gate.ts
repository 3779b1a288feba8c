import { createHash } from 'node:crypto';
import { TICKS_PER_SECOND } from '../../media/access-unit';
import { DecodedFrames, FragmentDecoder, decodeEnds } from '../../media/decode-check';
import { FileEnds, VideoProbe, probeVideo } from '../../media/ffprobe';
import { MediaToolError, MediaTools, ToolRun } from '../../media/media-tool';
import { DiskFile } from '../../storage/disk';
import { DECODED_FRAMES, PartEnds, Stretch, endsOf, framesOf, readStretches } from './part-frames';
import { RebuiltPart } from './rebuild-index';

/** What a finished file must be. `null`: not known any more, anything sane will do. */
export interface Expected {
  readonly samples: number | null;
  readonly durationTicks: number | null;
  /** Frames of sound, 0: it has none. Absent: not known, it may have some. */
  readonly soundFrames?: number;
  /** The decoder configuration where it is not the one recorded: then both ends are decoded from the file, too. */
  readonly configuration?: Buffer | null;
}

/** What the gate says: a file is as it should be, is not, or only its pictures make the decoder complain. */
export interface Verdict {
  readonly probe: VideoProbe;
  /** What is wrong with the container, `null` if nothing. */
  readonly fault: string | null;
  /** What the decoder said, empty if nothing. */
  readonly complaint: string;
}

/** Both ends of a part, decoded from its fragments; `first` is `null` where the part is one group of pictures. */
export interface DecodedPart {
  readonly ends: PartEnds;
  readonly first: DecodedFrames | null;
  readonly last: DecodedFrames;
}

/** A part's bytes, and where its frames lie. */
export interface PartOnDisk {
  readonly file: DiskFile;
  readonly rebuilt: Pick<RebuiltPart, 'init' | 'index'>;
}

const TOLERANCE_SECONDS = 0.1;
const RUN: ToolRun = { timeoutMs: 20_000 };
/** While a recording runs nobody waits for its check. */
const LATER: ToolRun = { ...RUN, nice: 10 };

/**
 * The last check before a file may be called a recording, by programs that do not share our code. For a part finished in
 * place it has two halves that run side by side: FFmpeg decodes the first and the last group of pictures from the fragments,
 * which no finishing changes, and says which packets these were; ffprobe reads the finished file, which must have the very
 * same packets, decoder configuration and length. So nothing waits for anything else, and the time does not grow with the file.
 */
export class Gate {
  private readonly decoder: FragmentDecoder;

  constructor(private readonly tools: MediaTools) {
    this.decoder = new FragmentDecoder(tools, DECODED_FRAMES);
  }

  /** A recording runs that will be checked: what that takes is kept ready. @returns to be called when it was */
  hold(): () => void {
    return this.decoder.hold();
  }

  /** Lets go of what was kept ready; settles when it is gone. */
  close(): Promise<void> {
    return this.decoder.close();
  }

  /**
   * Decodes both ends of a part.
   * @param start its first group, where that was decoded before
   * @throws MediaToolError where FFmpeg cannot be run, which says nothing of the part; the file system's error
   */
  async decodePart(part: PartOnDisk, start: DecodedFrames | null): Promise<DecodedPart> {
    const ends = endsOf(part.rebuilt.index);
    if (ends.first && !start) return this.decodeBoth(part, ends, ends.first);
    return { ends, first: ends.first && start, last: await this.decode(part, ends.last, RUN) };
  }

  /** Of a short recording neither is known yet: one process for both, for starting a second one takes longer than decoding. */
  private async decodeBoth({ file, rebuilt }: PartOnDisk, ends: PartEnds, first: Stretch): Promise<DecodedPart> {
    const decoded = await this.decoder.decode(readStretches(file, rebuilt, [first, ends.last]), RUN);
    const { configuration, packets } = decoded;
    const split = framesOf(rebuilt.index, first);
    return {
      ends,
      first: { complaint: '', configuration, packets: packets.slice(0, first.frames) },
      last: { ...decoded, packets: packets.slice(split) },
    };
  }

  /** Decodes a part's first group while the recording runs. @throws as {@link decodePart} */
  decodeStart(part: PartOnDisk, group: Stretch): Promise<DecodedFrames> {
    return this.decode(part, group, LATER);
  }

  /**
   * Looks at a part that was finished in place.
   * @throws MediaToolError where the programs cannot be run, which says nothing of the file
   */
  async checkPart(path: string, ends: PartEnds, expected: Expected, decoding: Promise<DecodedPart>): Promise<Verdict> {
    const { configuration, soundFrames = 0 } = expected;
    const [probe, decoded, again] = await Promise.all([
      this.probe(path, fileEnds(ends), soundFrames > 0),
      decoding,
      configuration ? decodeEnds(this.tools, path, fileEnds(ends), RUN) : '',
    ]);
    const complaint = [decoded.first?.complaint, decoded.last.complaint].filter(Boolean).join('\n');
    if (typeof probe === 'string') return { probe: NOTHING, fault: probe, complaint };
    const fault = faultOf(probe, expected) ?? packetFault(probe, decoded, configuration ? sha256(configuration) : null);
    return {
      probe,
      fault: fault ?? (configuration && again !== '' ? `it does not decode: ${again}` : null),
      complaint,
    };
  }

  /** Looks at any file, and decodes both its ends from it. @throws MediaToolError as {@link checkPart} */
  async checkFile(path: string, ends: FileEnds, expected: Expected): Promise<Verdict> {
    const [probe, complaint] = await Promise.all([this.probe(path), decodeEnds(this.tools, path, ends, RUN)]);
    if (typeof probe === 'string') return { probe: NOTHING, fault: probe, complaint };
    return { probe, fault: faultOf(probe, expected), complaint };
  }

  private decode({ file, rebuilt }: PartOnDisk, stretch: Stretch, run: ToolRun): Promise<DecodedFrames> {
    return this.decoder.decode(readStretches(file, rebuilt, [stretch]), run);
  }

  private async probe(path: string, ends?: FileEnds, withSound = false): Promise<VideoProbe | string> {
    try {
      return await probeVideo(this.tools, path, ends ? { ...RUN, ends, withSound } : RUN);
    } catch (error) {
      if (error instanceof MediaToolError && error.fileAtFault) return error.message;
      throw error;
    }
  }
}

const NOTHING: VideoProbe = {
  videoStreams: 0,
  otherStreams: 0,
  sound: { streams: 0, codec: '', frames: 0 },
  codec: '',
  width: 0,
  height: 0,
  samples: 0,
  durationSeconds: 0,
  baseRate: 0,
  averageRate: 0,
  configuration: '',
  packets: [],
};

function fileEnds({ first, last }: PartEnds): FileEnds {
  return { firstFrames: first?.frames ?? 0, lastFrames: last.frames, lastKeyframeSeconds: last.seconds };
}

function faultOf(probe: VideoProbe, { samples, durationTicks, soundFrames }: Expected): string | null {
  if (probe.videoStreams !== 1) return `it has ${probe.videoStreams} video streams`;
  const silence = soundFault(probe, soundFrames);
  if (silence !== null) return silence;
  if (!RECORDED.has(probe.codec)) return `its codec is ${probe.codec}`;
  if (!(probe.samples > 0) || (samples !== null && probe.samples !== samples)) {
    return `it has ${probe.samples} frames, not ${samples ?? 'any'}`;
  }
  const seconds = durationTicks === null ? probe.durationSeconds : durationTicks / TICKS_PER_SECOND;
  if (!(Math.abs(probe.durationSeconds - seconds) <= TOLERANCE_SECONDS)) {
    return `it lasts ${probe.durationSeconds} s, not ${seconds}`;
  }
  return null;
}

/** Besides its pictures a file has one stream of AAC, or none. */
function soundFault({ otherStreams, sound }: VideoProbe, frames: number | undefined): string | null {
  if (otherStreams !== sound.streams || sound.streams > 1) return `it has ${otherStreams} streams besides the video`;
  if (sound.streams === 1 && sound.codec !== 'aac') return `its sound is ${sound.codec}`;
  if (frames === undefined || sound.frames === frames) return null;
  return `it has ${sound.frames} frames of sound, not ${frames}`;
}

/** What goes into a file, by FFmpeg's names; which of them it must be say its packets. */
const RECORDED = new Set(['h264', 'hevc', 'av1']);

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Its ends must be what was decoded, packet by packet, at times that rise. */
function packetFault(
  { packets, configuration }: VideoProbe,
  { ends, first, last }: DecodedPart,
  expected: string | null,
): string | null {
  const count = ends.first?.frames ?? 0;
  const stretches = [
    { name: 'first', frames: count, found: packets.slice(0, count), decoded: first },
    { name: 'last', frames: ends.last.frames, found: packets.slice(count), decoded: last },
  ];
  for (const { name, frames, found, decoded } of stretches) {
    if (!decoded) continue;
    if (configuration !== (expected ?? decoded.configuration))
      return 'its decoder configuration is not the one recorded';
    const same = found.length === frames && found.every(({ hash }, i) => hash === decoded.packets[i]);
    if (!same) return `its ${name} pictures are not those recorded`;
    if (!found.every(({ dts }, i) => i === 0 || dts > (found[i - 1]?.dts ?? NaN))) {
      return `the times of its ${name} pictures do not rise`;
    }
    if (new Set(found.map(({ pts }) => pts)).size < frames) return `two of its ${name} pictures are shown at one time`;
  }
  return null;
}
