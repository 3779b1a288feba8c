import { BeforeApplicationShutdown, Injectable, Logger, OnModuleInit } from '@nestjs/common';
import { Subscription } from 'rxjs';
import { Clock } from '../common/clock';
import { WriteBehind } from '../common/write-behind';
import { CourtRuntime, MotionFacts, RuntimeEvent } from '../runtime/court-runtime';
import { ActivityStore, MINUTE_SECONDS, Scores } from './activity-store';

/** What this process knows of a recording under way. */
interface Known {
  /** Those that this process heard of; holes: not known here. */
  readonly scores: Scores;
  /** What was written before this process began is in them. */
  whole: boolean;
  /** Minutes of which not all that is known is written. */
  readonly unwritten: Set<number>;
}

/**
 * Keeps the scores of recordings: in memory as they come, in the database minute by minute, so that a process that dies takes at
 * most a minute with it. While the database is away they wait here.
 */
@Injectable()
export class ActivityLog implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(ActivityLog.name);
  private readonly behind: WriteBehind;
  private readonly known = new Map<string, Known>();
  private readonly subscription = new Subscription();

  constructor(
    private readonly runtime: CourtRuntime,
    private readonly store: ActivityStore,
    clock: Clock,
  ) {
    this.behind = new WriteBehind(clock, (sessionId, err) =>
      this.logger.warn({ err, sessionId }, 'What moved on a court could not be written yet.'),
    );
  }

  onModuleInit(): void {
    this.subscription.add(this.runtime.motion().subscribe((facts) => this.note(facts)));
    this.subscription.add(this.runtime.watch().subscribe((event) => this.hear(event)));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.subscription.unsubscribe();
    for (const sessionId of this.known.keys()) this.write(sessionId);
    await this.behind.end();
  }

  /** All scores of a recording: those that are written, and what this process knows beyond. */
  async scoresOf(sessionId: string): Promise<Scores> {
    const known = this.known.get(sessionId);
    if (known?.whole) return [...known.scores];
    const written = await this.store.read(sessionId);
    if (!known) return written;
    const { length } = known.scores.length > written.length ? known.scores : written;
    for (let second = 0; second < length; second++) known.scores[second] ??= written[second] ?? null;
    known.whole = true;
    return [...known.scores];
  }

  /** Settles when all that is known of it by now is written. */
  async written(sessionId: string): Promise<void> {
    this.write(sessionId);
    await this.behind.written(sessionId);
  }

  private note({ sessionId, second, scores }: MotionFacts): void {
    const known = this.known.get(sessionId) ?? { scores: [], whole: false, unwritten: new Set<number>() };
    this.known.set(sessionId, known);
    scores.forEach((score, i) => {
      known.scores[second + i] = score;
      known.unwritten.add(minuteOf(second + i));
    });
    const current = minuteOf(known.scores.length);
    for (const minute of known.unwritten) if (minute < current) this.writeMinute(sessionId, known, minute);
  }

  private hear(event: RuntimeEvent): void {
    const { sessionId } = event;
    if (!this.known.has(sessionId)) return;
    if (event.type === 'recording.changed' && event.recording.stoppedAt !== null) this.write(sessionId);
    // From then on the database alone says what is known, and what is deleted.
    const over = event.type === 'recording.changed' && ['ready', 'failed'].includes(event.recording.phase);
    if (over || event.type === 'court.closed') void this.forget(sessionId);
  }

  private async forget(sessionId: string): Promise<void> {
    await this.written(sessionId);
    this.known.delete(sessionId);
  }

  private write(sessionId: string): void {
    const known = this.known.get(sessionId);
    for (const minute of known?.unwritten ?? []) this.writeMinute(sessionId, known as Known, minute);
  }

  private writeMinute(sessionId: string, known: Known, minute: number): void {
    known.unwritten.delete(minute);
    const from = minute * MINUTE_SECONDS;
    const scores = Array.from({ length: MINUTE_SECONDS }, (_, i) => known.scores[from + i] ?? null);
    this.behind.note(sessionId, `minute ${minute}`, () => this.store.save(sessionId, minute, scores));
  }
}

function minuteOf(second: number): number {
  return Math.floor(second / MINUTE_SECONDS);
}
