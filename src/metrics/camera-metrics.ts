import { Injectable, OnModuleInit } from '@nestjs/common';
import { CameraWatch } from '../clubs/watch/camera-watch.service';
import { Collector, MetricsRegistry } from './metrics-registry';

/** Cameras of all clubs, also of courts that nobody plays on, as the watch found them last. */
@Injectable()
export class CameraMetrics implements Collector, OnModuleInit {
  private readonly watched;
  private readonly offline;

  constructor(
    private readonly registry: MetricsRegistry,
    private readonly watch: CameraWatch,
  ) {
    this.watched = registry.gauge('padelvar_cameras_watched', 'Cameras that are watched (CAMERA_WATCH_SECONDS).');
    this.offline = registry.gauge('padelvar_cameras_offline', 'Cameras that are not there.');
  }

  onModuleInit(): void {
    this.registry.add(this);
  }

  collect(): void {
    const { watched, offline } = this.watch.figures;
    this.watched.set(watched);
    this.offline.set(offline);
  }
}
