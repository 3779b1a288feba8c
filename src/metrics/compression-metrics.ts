import { Injectable, OnModuleInit } from '@nestjs/common';
import { Clock } from '../common/clock';
import { within } from '../common/within';
import { CompressionStore } from '../compression/compression-store.service';
import { Collector, MetricsRegistry } from './metrics-registry';

type Saved = Awaited<ReturnType<CompressionStore['saved']>>;

/** A database that is away must not keep everything else from being seen. */
const PATIENCE_MS = 1_000;

/** What compression saved in the whole installation. */
@Injectable()
export class CompressionMetrics implements Collector, OnModuleInit {
  private readonly videos;
  private readonly bytes;
  /** One question at a time. */
  private asking: Promise<Saved> | null = null;

  constructor(
    private readonly registry: MetricsRegistry,
    private readonly compression: CompressionStore,
    private readonly clock: Clock,
  ) {
    this.videos = registry.gauge(
      'padelvar_compressed_videos',
      'Videos of the whole installation that were ever compressed; NaN where the database does not answer.',
    );
    this.bytes = registry.gauge(
      'padelvar_compression_saved_bytes',
      'How much smaller these became; NaN where the database does not answer.',
    );
  }

  onModuleInit(): void {
    this.registry.add(this);
  }

  async collect(): Promise<void> {
    this.asking ??= this.compression.saved().finally(() => (this.asking = null));
    const saved = await within<Saved | null>(this.clock, PATIENCE_MS, this.asking, null);
    this.videos.set(saved?.videos ?? Number.NaN);
    this.bytes.set(saved?.bytes ?? Number.NaN);
  }
}
