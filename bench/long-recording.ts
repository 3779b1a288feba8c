import { readdirSync, statfsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { Clock } from '../src/common/clock';
import { H264Config, H264Frame, TICKS_PER_SECOND } from '../src/media/access-unit';
import { parseH264Config } from '../src/media/h264/h264-config';
import { FrameConsumer } from '../src/proxy/frame-consumer';
import { MOST_CHAPTERS } from '../src/recording/engine/chapter-list';
import { ChapterWriter } from '../src/recording/engine/chapter-writer';
import { RecorderState } from '../src/recording/engine/recorder-state';
import { RecorderFactory } from '../src/recording/engine/recorder-factory';
import { NodeDisk } from '../src/storage/disk';
import { VideoStore } from '../src/storage/video-store';
import { ClipParameters, H264Clip, h264Clip } from '../test/cameras';
import { sampleOf } from './frame-walk';

/** A recording whose pictures come as fast as the disk takes them, and at their own pace only at the end. */
export interface LongRecording {
  readonly sessionId: string;
  readonly seconds: number;
  readonly clip: Partial<Omit<ClipParameters, 'codec'>>;
}

export interface LongRecordingFacts {
  /** From the call of stop until the file was ready, in milliseconds. */
  readonly stopMs: number;
  readonly phase: string;
  readonly error: string | null;
  readonly durationSeconds: number;
  readonly sizeBytes: number;
  /** The finished video is the very file that was recorded. */
  readonly sameFile: boolean;
  /** The most that the disk held more than before the stop, while the file was finished, in bytes. */
  readonly extraBytes: number;
  /** The same by the file system's own free space, which others move too. */
  readonly freeBytesTaken: number;
  /** To give the finished file 255 chapters, and then others, in milliseconds. */
  readonly chapterMs: readonly number[];
}

/** What may wait for the disk: below the journal's own bound, so that nothing is dropped. */
const MAX_AHEAD_BYTES = 8 * 1024 * 1024;
/** The end of the recording comes at a camera's pace, so that no more is left to make durable than is in life. */
const REAL_TIME_SECONDS = 3;
const LOOK_MS = 10;

/** Feeds a recorder with a clip, over and over, on a session clock that runs as fast as the disk. */
export async function recordAtDiskSpeed(
  { sessionId, seconds, clip: parameters }: LongRecording,
  factory: RecorderFactory,
  store: VideoStore,
  clock: Clock,
): Promise<LongRecordingFacts> {
  const clip = await h264Clip(parameters);
  const frames = new FrameFeed(clip);
  let consumer: FrameConsumer | undefined;
  const state: { last: RecorderState | null } = { last: null };
  const recorder = factory.make({
    sessionId,
    clubId: 1,
    plannedEndAt: clock.now() + seconds * 1000,
    source: {
      now: () => frames.now,
      subscribe: (subscriber) => {
        consumer = subscriber;
        return () => (consumer = undefined);
      },
    },
    facts: { protocol: 'rtsp', codec: 'h264', width: clip.width, height: clip.height, fps: clip.fps },
    onChange: (changed) => (state.last = changed),
    onPart: () => undefined,
  });
  await recorder.start(() => Promise.resolve());
  const feed = (): number => {
    const frame = frames.next();
    void consumer?.take(frame);
    return frame.data.length;
  };
  const fast = (seconds - REAL_TIME_SECONDS) * clip.fps;
  for (let i = 0, fed = 0; i < fast; i++) {
    fed += feed();
    // A group of pictures waits in memory until it is whole; what is beyond that waits for the disk.
    if (i % clip.fps === 0) while (fed - recorder.state.bytesWritten > MAX_AHEAD_BYTES) await turn();
  }
  await makeDurable(join(store.recordingFolder(sessionId), 'part-1.mp4'));
  for (let i = 0; i < REAL_TIME_SECONDS * clip.fps; i++) {
    feed();
    await pause(1000 / clip.fps);
  }

  const journal = statSync(join(store.recordingFolder(sessionId), 'part-1.mp4'));
  const usage = new DiskUsage(store.root);
  const beganAt = clock.monotonic();
  const ended = await recorder.stop();
  const stopMs = clock.monotonic() - beganAt;
  const { extraBytes, freeBytesTaken } = usage.end();
  const video = statSync(store.videoPath(1, sessionId), { throwIfNoEntry: false });
  return {
    stopMs,
    phase: ended.phase,
    error: ended.error,
    durationSeconds: ended.durationSeconds,
    sizeBytes: video?.size ?? 0,
    sameFile: video?.ino === journal.ino && video.dev === journal.dev,
    extraBytes,
    freeBytesTaken,
    chapterMs: await writeChapters(store.videoPath(1, sessionId), seconds, clock),
  };
}

async function writeChapters(path: string, seconds: number, clock: Clock): Promise<number[]> {
  const writer = new ChapterWriter(new NodeDisk(), clock);
  const times: number[] = [];
  for (const title of ['Point', 'Highlight: what a rally']) {
    const chapters = Array.from({ length: MOST_CHAPTERS }, (_, i) => ({ atSeconds: (i * seconds) / 300, title }));
    const beganAt = clock.monotonic();
    if ((await writer.write(path, chapters)) !== 'written') throw new Error('the file takes no chapters');
    times.push(clock.monotonic() - beganAt);
  }
  return times;
}

/** In life the journal does this every two seconds; here it is minutes of pictures behind. */
async function makeDurable(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.datasync();
  await file.close();
}

/** A clip's pictures as frames of a session, endlessly. */
class FrameFeed {
  private readonly config: H264Config;
  private readonly samples: readonly Buffer[];
  private count = 0;

  constructor(private readonly clip: H264Clip) {
    this.config = parseH264Config([clip.sps], [clip.pps]);
    this.samples = clip.units.map(sampleOf);
  }

  /** Session time at which the next picture is due, in ticks. */
  get now(): number {
    return (this.count * TICKS_PER_SECOND) / this.clip.fps;
  }

  next(): H264Frame {
    const unit = this.clip.units[this.count % this.clip.units.length]!;
    const data = this.samples[this.count % this.samples.length]!;
    const frame = { keyframe: unit.keyframe, dts: this.now, cts: unit.pts - unit.dts };
    this.count++;
    return { kind: 'h264', config: this.config, data, ...frame };
  }
}

/** Looks every few milliseconds at what a folder takes on disk; names of one file count once. */
class DiskUsage {
  private readonly before: number;
  private readonly freeBefore: number;
  private most: number;
  private leastFree: number;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly folder: string) {
    this.before = this.most = blocks(folder, new Set());
    this.freeBefore = this.leastFree = this.free();
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  end(): { extraBytes: number; freeBytesTaken: number } {
    clearInterval(this.timer);
    this.look();
    return { extraBytes: this.most - this.before, freeBytesTaken: this.freeBefore - this.leastFree };
  }

  private look(): void {
    this.most = Math.max(this.most, blocks(this.folder, new Set()));
    this.leastFree = Math.min(this.leastFree, this.free());
  }

  private free(): number {
    const { bfree, bsize } = statfsSync(this.folder);
    return bfree * bsize;
  }
}

function blocks(folder: string, seen: Set<number>): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += blocks(path, seen);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined || seen.has(stat.ino)) continue;
    seen.add(stat.ino);
    bytes += stat.blocks * 512;
  }
  return bytes;
}
