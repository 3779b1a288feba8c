import { Injectable, OnModuleInit } from '@nestjs/common';
import { Clock } from '../common/clock';
import { within } from '../common/within';
import { JobFigures, JobsSource } from '../health/jobs-source';
import { Jobs } from '../jobs/jobs';
import { Collector, MetricsRegistry } from './metrics-registry';

/** A database that is away must not keep everything else from being seen. */
const PATIENCE_MS = 1_000;

/** Background work: what waits and runs in the whole installation, what this process brought to an end. */
@Injectable()
export class JobMetrics implements Collector, OnModuleInit {
  private readonly jobs;
  private readonly ended;
  /** One question at a time. */
  private asking: Promise<JobFigures> | null = null;

  constructor(
    private readonly registry: MetricsRegistry,
    private readonly source: JobsSource,
    private readonly here: Jobs,
    private readonly clock: Clock,
  ) {
    this.jobs = registry.gauge(
      'padelvar_jobs',
      'Background work of the whole installation that is not done; NaN where the database does not answer.',
      ['state'],
    );
    this.ended = registry.counter('padelvar_jobs_ended_total', 'Background work that this process brought to an end.', [
      'kind',
      'outcome',
    ]);
  }

  onModuleInit(): void {
    this.registry.add(this);
  }

  async collect(): Promise<void> {
    this.asking ??= this.source.figures().finally(() => (this.asking = null));
    const figures = await within<JobFigures | null>(this.clock, PATIENCE_MS, this.asking, null);
    for (const state of ['waiting', 'active'] as const) this.jobs.set({ state }, figures?.[state] ?? Number.NaN);
    this.ended.reset();
    for (const [kind, counts] of this.here.figures) {
      for (const [outcome, count] of Object.entries(counts)) this.ended.inc({ kind, outcome }, count);
    }
  }
}
