import { Injectable, Logger, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Subscription } from 'rxjs';
import { BY_SERVICE } from '../auth/audit.service';
import { Cancel, Clock } from '../common/clock';
import { toProblem } from '../common/to-problem';
import { CourtRuntime, RecordingFacts } from '../runtime/court-runtime';
import { AngleStore } from '../sessions/angle-store';
import { Angles, FollowedMatch } from '../sessions/angles.service';
import { RecordingLog } from './recording-log.service';
import { isActive } from './recording-state';
import { RecordingService } from './recording.service';

/** After so long a recording that could not begin is tried again. */
const AGAIN_MS = 3_000;

/**
 * Records the angles of a match as the match is recorded: what has come begins with the match's first picture, what comes late
 * begins then; they end when it ends, by itself or by somebody, and have its planned end. The match waits for none of them.
 * What is to be done is read from the match each time something happens to it, so nothing is lost with an event.
 */
@Injectable()
export class AngleRecordings implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(AngleRecordings.name);
  /** Angles whose recording is being begun, or is not tried again for a while. */
  private readonly waiting = new Map<string, Cancel | null>();
  private readonly subscription = new Subscription();

  constructor(
    private readonly angles: Angles,
    private readonly rows: AngleStore,
    private readonly recordings: RecordingService,
    private readonly log: RecordingLog,
    private readonly runtime: CourtRuntime,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const { subscription } = this;
    subscription.add(
      this.runtime.watch().subscribe((event) => {
        if (event.type === 'recording.changed') this.follow(event.sessionId);
      }),
    );
    subscription.add(this.angles.changes().subscribe((matchId) => this.follow(matchId)));
  }

  /** The service ends: recordings under way are left to be gone on with. */
  onModuleDestroy(): void {
    this.subscription.unsubscribe();
    for (const cancel of this.waiting.values()) cancel?.();
  }

  private follow(matchId: string): void {
    if (this.subscription.closed) return;
    const match = this.angles.match(matchId);
    const recording = this.runtime.recording(matchId);
    if (!match || !recording) return;
    for (const { id } of this.angles.of(matchId)) {
      const own = this.runtime.recording(id);
      if (isActive(recording.phase)) this.record(match, recording, id, own);
      else if (own && isActive(own.phase)) void this.runtime.stopRecording(id);
    }
  }

  private record(match: FollowedMatch, recording: RecordingFacts, id: string, own: RecordingFacts | null): void {
    const { plannedEndAt } = recording;
    if (own) {
      if (!isActive(own.phase) || own.plannedEndAt === plannedEndAt) return;
      this.runtime.extendRecording(id, plannedEndAt);
      void this.log
        .moveEnd(id, new Date(plannedEndAt))
        .catch((error: unknown) => this.logger.warn({ err: error, angle: id }, 'The end of an angle was not noted.'));
      return;
    }
    // A start that is taken back, as the disk is full, has no first picture: nothing of it is recorded by others.
    if (recording.startedAt === null || this.waiting.has(id) || this.runtime.status(id) === null) return;
    void this.begin(match, id);
  }

  /** Never throws. */
  private async begin(match: FollowedMatch, id: string): Promise<void> {
    const { id: matchId, courtId, clubId, userId } = match;
    this.waiting.set(id, null);
    const end = (): number => this.runtime.recording(matchId)?.plannedEndAt ?? this.clock.now();
    try {
      await this.recordings.startUntil(end, { id, courtId, clubId, userId, status: 'live' }, BY_SERVICE);
      this.waiting.delete(id);
      await this.rows.hinder(id, null).catch(() => undefined);
    } catch (error) {
      const { code } = toProblem(error);
      this.logger.warn({ err: error, sessionId: matchId, angle: id }, 'An angle is not recorded yet.');
      // What a session has recorded it does not record again.
      if (code === 'already_recorded' || this.subscription.closed) return;
      this.waiting.set(
        id,
        this.clock.after(AGAIN_MS, () => this.again(matchId, id)),
      );
      await this.rows.hinder(id, code).catch(() => undefined);
      return;
    }
    // The match may have ended while it began.
    this.follow(matchId);
  }

  private again(matchId: string, id: string): void {
    this.waiting.delete(id);
    this.follow(matchId);
  }
}
