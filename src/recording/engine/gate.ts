import { TICKS_PER_SECOND } from '../../media/access-unit';
import { FileEnds, MediaToolError, MediaTools, VideoProbe, decodeEnds, probeVideo } from '../../media/ffprobe';
import { SampleIndex } from './sample-index';

/** What a finished file must be. `null`: not known any more, anything sane will do. */
export interface Expected {
  readonly samples: number | null;
  readonly durationTicks: number | null;
  readonly ends: FileEnds;
}

/** What the gate says: a file is as it should be, is not, or only its pictures make the decoder complain. */
export interface Verdict {
  readonly probe: VideoProbe;
  /** What is wrong with the container, `null` if nothing. */
  readonly fault: string | null;
  /** What the decoder said, empty if nothing. */
  readonly complaint: string;
}

const TOLERANCE_SECONDS = 0.1;
const TIMEOUT_MS = 20_000;
/** A camera may send a keyframe a minute: so much of a group shows that the tables are right. */
const MOST_FRAMES = 60;

/** The last check before a file may be called a recording, by programs that do not share our code. */
export class Gate {
  constructor(private readonly tools: MediaTools) {}

  /** @throws MediaToolError where the programs cannot be run, which says nothing of the file */
  async check(path: string, expected: Expected): Promise<Verdict> {
    const [probe, complaint] = await Promise.all([
      probeVideo(this.tools, path, TIMEOUT_MS).catch(unreadable),
      decodeEnds(this.tools, path, expected.ends, TIMEOUT_MS),
    ]);
    if (typeof probe === 'string') return { probe: NOTHING, fault: probe, complaint };
    return { probe, fault: faultOf(probe, expected), complaint };
  }

  /** What the decoder says of the same pictures in another container. */
  complaint(path: string, expected: Expected): Promise<string> {
    return decodeEnds(this.tools, path, expected.ends, TIMEOUT_MS);
  }
}

const NOTHING: VideoProbe = {
  videoStreams: 0,
  otherStreams: 0,
  codec: '',
  width: 0,
  height: 0,
  samples: 0,
  durationSeconds: 0,
  baseRate: 0,
  averageRate: 0,
};

function unreadable(error: unknown): string {
  if (error instanceof MediaToolError && error.fileAtFault) return error.message;
  throw error;
}

function faultOf(probe: VideoProbe, { samples, durationTicks }: Expected): string | null {
  if (probe.videoStreams !== 1 || probe.otherStreams !== 0) return `it has ${probe.videoStreams} video streams`;
  if (probe.codec !== 'h264') return `its codec is ${probe.codec}`;
  if (!(probe.samples > 0) || (samples !== null && probe.samples !== samples)) {
    return `it has ${probe.samples} frames, not ${samples ?? 'any'}`;
  }
  const seconds = durationTicks === null ? probe.durationSeconds : durationTicks / TICKS_PER_SECOND;
  if (!(Math.abs(probe.durationSeconds - seconds) <= TOLERANCE_SECONDS)) {
    return `it lasts ${probe.durationSeconds} s, not ${seconds}`;
  }
  return null;
}

/** Which frames of a part are looked at. */
export function endsOf(index: SampleIndex): FileEnds {
  let firstFrames = 1;
  while (firstFrames < Math.min(index.sampleCount, MOST_FRAMES) && !index.isKeyframe(firstFrames)) firstFrames++;
  for (let f = index.fragmentCount - 1; f >= 0; f--) {
    const fragment = index.fragment(f);
    if (!fragment.keyframe) continue;
    const lastFrames = Math.min(index.sampleCount - fragment.firstSample, MOST_FRAMES);
    const ticks = fragment.dts + index.cts(fragment.firstSample) - index.cts(0);
    return { firstFrames, lastFrames, lastKeyframeSeconds: Math.max(0, ticks / TICKS_PER_SECOND) };
  }
  return { firstFrames, lastFrames: 1, lastKeyframeSeconds: 0 };
}
