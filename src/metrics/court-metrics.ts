import { Injectable, OnModuleInit } from '@nestjs/common';
import { AppConfig } from '../config/app-config';
import { CourtRuntime } from '../runtime/court-runtime';
import { CameraSlots } from '../sessions/camera-slots.service';
import { SessionHealth } from '../sessions/session-health';
import { CourtTotals } from './court-totals';
import { Collector, MetricsRegistry } from './metrics-registry';

/** Sessions, their cameras and viewers. Sums over all clubs: no label says whose a figure is. */
@Injectable()
export class CourtMetrics implements Collector, OnModuleInit {
  private readonly gauges;
  private readonly sums;

  constructor(
    private readonly registry: MetricsRegistry,
    private readonly totals: CourtTotals,
    private readonly runtime: CourtRuntime,
    private readonly slots: CameraSlots,
    private readonly health: SessionHealth,
    private readonly config: AppConfig,
  ) {
    this.gauges = {
      sessions: registry.gauge('padelvar_sessions', 'Open camera sessions, angles too: one a camera.', ['state']),
      most: registry.gauge('padelvar_sessions_max', 'Sessions that may be open at once (MAX_SESSIONS).'),
      viewers: registry.gauge('padelvar_viewers', 'Streams being watched.', ['way']),
      slowViewers: registry.gauge('padelvar_viewers_slow', 'Viewers whose connection takes no more just now.'),
      queuedBytes: registry.gauge('padelvar_viewer_queue_bytes_max', 'The most that waits for one viewer.'),
    };
    this.sums = {
      reconnects: registry.total('padelvar_camera_reconnects_total', 'Times that a camera had to be reached again.'),
      frames: registry.total('padelvar_camera_frames_total', 'Pictures taken from cameras.'),
      losses: registry.total(
        'padelvar_camera_packet_losses_total',
        'Times that pictures were dropped because a part of one was missing.',
      ),
    };
  }

  onModuleInit(): void {
    this.registry.add(this);
  }

  collect(): void {
    const open = this.totals.open();
    const { sessions, most, viewers, slowViewers, queuedBytes } = this.gauges;
    sessions.set({ state: 'connecting' }, this.slots.connecting);
    for (const state of ['live', 'reconnecting'] as const) {
      sessions.set({ state }, open.filter((status) => status.state === state).length);
    }
    most.set(this.config.maxSessions);

    const watched = this.runtime.openSessions().map((sessionId) => this.health.viewers(sessionId));
    for (const way of ['mjpeg', 'live'] as const) {
      viewers.set(
        { way },
        watched.reduce((sum, figures) => sum + figures[way], 0),
      );
    }
    slowViewers.set(watched.reduce((sum, { slow }) => sum + slow, 0));
    queuedBytes.set(Math.max(0, ...watched.map((figures) => figures.queuedBytes)));

    const { reconnects, frames, losses } = this.totals.read();
    this.sums.reconnects(reconnects);
    this.sums.frames(frames);
    this.sums.losses(losses);
  }
}
