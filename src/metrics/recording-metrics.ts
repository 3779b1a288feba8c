import { Injectable, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Subscription } from 'rxjs';
import { RecordingMirror } from '../recording/recording-mirror.service';
import { CourtRuntime, RecordingFacts } from '../runtime/court-runtime';
import { CourtTotals } from './court-totals';
import { Collector, MetricsRegistry } from './metrics-registry';

const RUNNING_PHASES = ['starting', 'recording', 'reconnecting', 'stopping', 'finalizing'] as const;
const FINALISER_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] as const;

/** Recordings under way, what they wrote and missed, and how they became files. */
@Injectable()
export class RecordingMetrics implements Collector, OnModuleInit, OnModuleDestroy {
  private readonly gauges;
  private readonly sums;
  private readonly gapSeconds;
  private readonly ended;
  private readonly finaliser;
  private readonly remuxes;
  /** Sessions whose recording's end has been counted; a state may be told twice. */
  private readonly counted = new Set<string>();
  private events: Subscription | undefined;

  constructor(
    private readonly registry: MetricsRegistry,
    private readonly totals: CourtTotals,
    private readonly runtime: CourtRuntime,
    private readonly mirror: RecordingMirror,
  ) {
    this.gauges = {
      recordings: registry.gauge('padelvar_recordings', 'Recordings under way.', ['phase']),
      unwritten: registry.gauge(
        'padelvar_recordings_unwritten',
        'Recordings whose newest state is not in the database yet.',
      ),
      waiting: registry.gauge('padelvar_journal_waiting_bytes', 'Bytes of recordings that wait for the disk.'),
    };
    this.sums = {
      bytesWritten: registry.total('padelvar_recording_written_bytes_total', 'Bytes of recordings written to disk.'),
      droppedFrames: registry.total(
        'padelvar_journal_dropped_frames_total',
        'Pictures not recorded because the disk was too slow.',
      ),
    };
    this.gapSeconds = registry.counter(
      'padelvar_recording_gap_seconds_total',
      'Seconds of recordings without pictures; a gap counts once it is over.',
      ['reason'],
    );
    this.ended = registry.counter('padelvar_recordings_ended_total', 'Recordings that ended, by what became of them.', [
      'outcome',
    ]);
    this.finaliser = registry.histogram(
      'padelvar_finaliser_seconds',
      'Time from the end of a recording to its finished file.',
      FINALISER_BUCKETS,
      ['way'],
    );
    this.remuxes = registry.counter(
      'padelvar_remuxes_total',
      'Files that had to be copied because in place did not do.',
    );
    for (const outcome of ['ready', 'failed']) this.ended.inc({ outcome }, 0);
  }

  onModuleInit(): void {
    this.events = this.runtime.watch().subscribe((event) => {
      if (event.type === 'recording.changed') this.note(event.sessionId, event.recording);
    });
    this.registry.add(this);
  }

  onModuleDestroy(): void {
    this.events?.unsubscribe();
  }

  collect(): void {
    const open = this.totals.open();
    for (const phase of RUNNING_PHASES) {
      this.gauges.recordings.set({ phase }, open.filter(({ recording }) => recording?.phase === phase).length);
    }
    this.gauges.unwritten.set(this.mirror.pending);
    this.gauges.waiting.set(open.reduce((sum, { work }) => sum + (work?.waitingBytes ?? 0), 0));

    const { bytesWritten, journalDroppedFrames, gapSeconds } = this.totals.read();
    this.sums.bytesWritten(bytesWritten);
    this.sums.droppedFrames(journalDroppedFrames);
    this.gapSeconds.reset();
    for (const [reason, seconds] of Object.entries(gapSeconds)) this.gapSeconds.inc({ reason }, seconds);

    for (const sessionId of this.counted) if (!this.runtime.recording(sessionId)) this.counted.delete(sessionId);
  }

  private note(sessionId: string, { phase, video }: RecordingFacts): void {
    if ((phase !== 'ready' && phase !== 'failed') || this.counted.has(sessionId)) return;
    this.counted.add(sessionId);
    this.ended.inc({ outcome: phase });
    const making = video?.making;
    if (!making) return;
    this.finaliser.observe({ way: making.way }, making.ms / 1000);
    if (making.way === 'remuxed') this.remuxes.inc();
  }
}
