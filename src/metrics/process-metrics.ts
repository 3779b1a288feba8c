import { Injectable, OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock';
import { EventLoop } from '../common/event-loop';
import { within } from '../common/within';
import { poolFigures } from '../database/pool-figures';
import { countOpenFiles } from '../media/process/proc-stat';
import { VideoStore } from '../storage/video-store';
import { Collector, MetricsRegistry } from './metrics-registry';

/** A disk that hangs must not keep everything else from being seen. */
const DISK_PATIENCE_MS = 1_000;

/** The process itself, its disk and its connections to the database. */
@Injectable()
export class ProcessMetrics implements Collector, OnModuleInit {
  private readonly gauges;
  private readonly cpuSeconds;
  /** One question to the disk at a time: each that hangs holds a thread. */
  private asking: Promise<number> | null = null;

  constructor(
    private readonly registry: MetricsRegistry,
    private readonly eventLoop: EventLoop,
    private readonly database: DataSource,
    private readonly store: VideoStore,
    private readonly clock: Clock,
  ) {
    this.gauges = {
      delay: registry.gauge(
        'padelvar_event_loop_delay_seconds',
        'How late work came to its turn, over the last five to ten seconds; quantile 1 is the latest.',
        ['quantile'],
      ),
      pool: registry.gauge('padelvar_database_pool_connections', 'Connections to PostgreSQL.', ['state']),
      poolWaiting: registry.gauge('padelvar_database_pool_waiting', 'Callers that wait for a connection.'),
      diskFree: registry.gauge(
        'padelvar_disk_free_bytes',
        'Free space where recordings are written; NaN where the disk does not answer.',
      ),
      startTime: registry.gauge('process_start_time_seconds', 'Start of the process, seconds since the epoch.'),
      resident: registry.gauge('process_resident_memory_bytes', 'Resident memory.'),
      openFiles: registry.gauge('process_open_fds', 'Open file descriptors.'),
      heapUsed: registry.gauge('nodejs_heap_size_used_bytes', 'Heap in use.'),
      external: registry.gauge('nodejs_external_memory_bytes', 'Memory outside the heap: buffers, mostly.'),
    };
    this.cpuSeconds = registry.total('process_cpu_seconds_total', 'Processor time of this process, encoders apart.');
    this.gauges.startTime.set(Math.round(clock.now() / 1000 - process.uptime()));
  }

  onModuleInit(): void {
    this.registry.add(this);
  }

  async collect(): Promise<void> {
    const { delay, pool, poolWaiting, diskFree, resident, openFiles, heapUsed, external } = this.gauges;
    const { p50Ms, p99Ms, maxMs } = this.eventLoop.delay() ?? { p50Ms: 0, p99Ms: 0, maxMs: 0 };
    for (const [quantile, ms] of Object.entries({ '0.5': p50Ms, '0.99': p99Ms, '1': maxMs })) {
      delay.set({ quantile }, ms / 1000);
    }
    const { inUse, idle, waiting } = poolFigures(this.database);
    pool.set({ state: 'in_use' }, inUse);
    pool.set({ state: 'idle' }, idle);
    poolWaiting.set(waiting);

    const { user, system } = process.cpuUsage();
    this.cpuSeconds((user + system) / 1e6);
    const memory = process.memoryUsage();
    resident.set(memory.rss);
    heapUsed.set(memory.heapUsed);
    external.set(memory.external);
    openFiles.set(countOpenFiles() ?? Number.NaN);
    diskFree.set(await this.freeBytes());
  }

  private freeBytes(): Promise<number> {
    this.asking ??= this.store.freeBytes().finally(() => (this.asking = null));
    return within(this.clock, DISK_PATIENCE_MS, this.asking, Number.NaN);
  }
}
