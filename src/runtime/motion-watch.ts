import { Logger } from '@nestjs/common';
import { Observable, Subject } from 'rxjs';
import { FfmpegContext } from '../media/process';
import { CourtMotion } from './court-motion';
import { MotionFacts, RecordingPhase, RuntimeEvent } from './court-runtime';
import { LocalCourt } from './local-court';

/** Phases in which pictures go into the file, or will again. */
const RECORDS: readonly RecordingPhase[] = ['recording', 'reconnecting'];

/** Looks how much moves on each court while, and only while, it records: by its main camera, which sees all of the play. */
export class MotionWatch {
  private readonly logger = new Logger('CourtRuntime');
  private readonly scored = new Subject<MotionFacts>();
  private readonly motions = new Map<string, CourtMotion>();
  private readonly ending = new Map<string, Promise<void>>();

  /** @param courts the runtime's own map, as it is at any moment */
  constructor(
    private readonly courts: ReadonlyMap<string, LocalCourt>,
    private readonly ffmpeg: FfmpegContext,
  ) {}

  scores(): Observable<MotionFacts> {
    return this.scored;
  }

  hear(event: RuntimeEvent): void {
    if (event.type !== 'recording.changed') return;
    const { sessionId, recording } = event;
    if (!RECORDS.includes(recording.phase)) void this.end(sessionId);
    else if (recording.phase === 'recording') this.begin(sessionId);
  }

  /** When this settles no decoder of the session's is left. */
  async end(sessionId: string): Promise<void> {
    const motion = this.motions.get(sessionId);
    if (motion) {
      this.motions.delete(sessionId);
      const ended = motion.close().finally(() => this.ending.delete(sessionId));
      this.ending.set(sessionId, ended);
    }
    await this.ending.get(sessionId);
  }

  private begin(sessionId: string): void {
    const court = this.courts.get(sessionId);
    if (!court || court.isAngle || this.motions.has(sessionId)) return;
    const motion = new CourtMotion({
      ffmpeg: this.ffmpeg,
      session: sessionId,
      proxy: court.proxy,
      secondsAt: (ticks) => court.recorder?.secondsAt(ticks) ?? null,
      onScores: (scored) => this.scored.next({ sessionId, ...scored }),
      onRestart: ({ code, signal, error, stderr }, pauseMs) =>
        this.logger.warn({ err: error, sessionId, code, signal, stderr, pauseMs }, 'The decoder for movement died.'),
    });
    this.motions.set(sessionId, motion);
  }
}
