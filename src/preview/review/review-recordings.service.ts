import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { ProblemException } from '../../common/problem';
import { Turns } from '../../common/turns';
import { VideoCatalogue } from '../../files/video-catalogue.service';
import { RecordingLog } from '../../recording/recording-log.service';
import { CourtRuntime, RecordingFacts, RecordingPhase } from '../../runtime/court-runtime';
import { DiskFile } from '../../storage/disk';
import { Absent, RecordingPlace, ReviewFiles } from './review-files';
import { ReviewPart, ReviewRecording } from './review-recording';

/** States in which no fragment comes any more. */
const OVER: readonly RecordingPhase[] = ['finalizing', 'ready', 'failed'];
/** Finished recordings kept in memory, about 1 MB for 90 minutes; running ones always are. */
const MOST_KEPT = 32;
/** A file of 90 minutes takes a good part of a second to be walked. */
const MOST_READ_AT_ONCE = 2;
/** Journals that another process may be writing are looked at again no sooner than this. */
const READ_AGAIN_MS = 2_000;

interface Kept {
  readonly recording: ReviewRecording;
  /** When its files were read; {@link Clock.monotonic}. */
  readonly readAt: number;
}

/**
 * The recordings that are being reviewed. Those of this runtime grow from its memory at each look; others are read from
 * their files once. What is known is kept, so that thirty reviewers cost hardly more than one.
 */
@Injectable()
export class ReviewRecordings {
  private readonly logger = new Logger(ReviewRecordings.name);
  private readonly kept = new Map<string, Kept>();
  private readonly reading = new Map<string, Promise<ReviewRecording>>();
  private readonly turns = new Turns(MOST_READ_AT_ONCE);

  constructor(
    private readonly runtime: CourtRuntime,
    private readonly log: RecordingLog,
    private readonly videos: VideoCatalogue,
    private readonly files: ReviewFiles,
    private readonly clock: Clock,
  ) {}

  /**
   * A recording as it stands now.
   * @throws ProblemException `not_recording` where nothing is on disk yet or ever was; `not_found` where the video was
   * deleted; `review_file_only` where it was made anew.
   */
  async of(place: RecordingPlace): Promise<ReviewRecording> {
    const facts = this.runtime.recording(place.sessionId);
    const recording = facts ? this.fromRuntime(place, facts) : await this.fromFiles(place);
    if (recording.parts.size === 0) throw nothingYet();
    if (recording.over) await this.mustBeThere(place, recording);
    return recording;
  }

  /**
   * Opens what holds a part's fragments; the caller closes it.
   * @throws ProblemException as {@link of}
   */
  async open(place: RecordingPlace, part: ReviewPart): Promise<DiskFile> {
    const file = await this.files.open(place, part);
    return typeof file === 'string' ? this.refuse(place, file) : file;
  }

  private fromRuntime({ sessionId }: RecordingPlace, { phase, startedAt }: RecordingFacts): ReviewRecording {
    const before = this.kept.get(sessionId)?.recording;
    if (before?.over) return this.keep(sessionId, before);
    if (startedAt === null) throw nothingYet();
    const recording = before ?? new ReviewRecording(startedAt);
    recording.grow(this.runtime.recorded(sessionId, recording.position) ?? []);
    if (OVER.includes(phase)) recording.finish();
    return this.keep(sessionId, recording);
  }

  private async fromFiles(place: RecordingPlace): Promise<ReviewRecording> {
    const { sessionId } = place;
    const known = this.kept.get(sessionId);
    if (known?.recording.over) return this.keep(sessionId, known.recording);
    if (known && this.clock.monotonic() - known.readAt < READ_AGAIN_MS) return known.recording;
    let reading = this.reading.get(sessionId);
    if (!reading) {
      reading = this.turns.take(() => this.read(place)).finally(() => this.reading.delete(sessionId));
      this.reading.set(sessionId, reading);
    }
    return reading;
  }

  private async read(place: RecordingPlace): Promise<ReviewRecording> {
    const { sessionId } = place;
    const row = await this.log.row(sessionId);
    if (!row) throw new ProblemException('not_recording', 'Nothing was recorded in this session.');
    const parts = await this.files.read(place, await this.log.parts(sessionId));
    if (parts === 'nothing' && row.status !== 'ready') throw nothingYet();
    if (typeof parts === 'string') return this.refuse(place, parts);
    const before = this.kept.get(sessionId)?.recording;
    const startedAt = before?.startedAt ?? (row.startedAt ?? row.requestedAt).getTime();
    const recording = new ReviewRecording(startedAt, before?.targetSeconds);
    recording.grow(parts);
    if (OVER.includes(row.status)) recording.finish();
    return this.keep(sessionId, recording);
  }

  /** What is over may have been made anew, or deleted, since it was read. */
  private async mustBeThere(place: RecordingPlace, recording: ReviewRecording): Promise<void> {
    // A crash in the middle of a deletion leaves a file that nobody may see any more.
    if (await this.videos.isDeleted(place.sessionId)) throw new ProblemException('not_found');
    for (const part of recording.parts.values()) await (await this.open(place, part)).close();
  }

  private refuse({ sessionId }: RecordingPlace, absent: Absent): never {
    if (absent === 'remade') {
      throw new ProblemException(
        'review_file_only',
        'The parts of this recording were put together into one new file: play that.',
      );
    }
    this.kept.delete(sessionId);
    this.logger.warn({ sessionId }, 'The file of a recording is not there.');
    throw new ProblemException('not_found');
  }

  private keep(sessionId: string, recording: ReviewRecording): ReviewRecording {
    this.kept.delete(sessionId);
    this.kept.set(sessionId, { recording, readAt: this.clock.monotonic() });
    if (this.kept.size > MOST_KEPT) {
      for (const [id, { recording: old }] of this.kept) {
        if (!old.over && this.runtime.recording(id)) continue;
        this.kept.delete(id);
        break;
      }
    }
    return recording;
  }
}

function nothingYet(): ProblemException {
  return new ProblemException('not_recording', 'Nothing of this recording is complete on disk yet.');
}
