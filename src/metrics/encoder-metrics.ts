import { Injectable, OnModuleInit } from '@nestjs/common';
import { Admission } from '../runtime/admission.service';
import { SUSTAINED_MS } from '../runtime/admission';
import { CourtTotals } from './court-totals';
import { Collector, MetricsRegistry } from './metrics-registry';

/** The encoders of cameras that do not send H.264, and how they keep up. */
@Injectable()
export class EncoderMetrics implements Collector, OnModuleInit {
  private readonly gauges;
  private readonly sums;

  constructor(
    private readonly registry: MetricsRegistry,
    private readonly totals: CourtTotals,
    private readonly admission: Admission,
  ) {
    this.gauges = {
      running: registry.gauge('padelvar_encoders', 'Encoders that run.'),
      late: registry.gauge('padelvar_encoders_late', 'Encoders so late that no further one is started.'),
      behind: registry.gauge('padelvar_encoder_behind_seconds', 'How late the latest encoder is.'),
      speed: registry.gauge(
        'padelvar_encoder_speed_ratio',
        'Pictures out for each one in over the last ten seconds, of the slowest encoder; 1 where none runs.',
      ),
      queuedBytes: registry.gauge('padelvar_encoder_queue_bytes', 'Pictures that wait for encoders or are in them.'),
      queuedFrames: registry.gauge('padelvar_encoder_queue_frames', 'The same, as a number of pictures.'),
    };
    this.sums = {
      restarts: registry.total('padelvar_encoder_restarts_total', 'Encoders started again after they died or hung.'),
      lateFrames: registry.total('padelvar_encoder_late_frames_total', 'Pictures encoded more than a second late.'),
      droppedFrames: registry.total(
        'padelvar_encoder_dropped_frames_total',
        'Pictures given up before they were encoded: no room, or not decodable.',
      ),
    };
  }

  onModuleInit(): void {
    this.registry.add(this);
  }

  collect(): void {
    const encoders = this.totals.open().flatMap(({ work }) => work?.encoder ?? []);
    const { running, late, behind, speed, queuedBytes, queuedFrames } = this.gauges;
    running.set(encoders.filter((encoder) => encoder.running).length);
    late.set(this.admission.load().encodersLateForMs.filter((ms) => ms >= SUSTAINED_MS).length);
    behind.set(Math.max(0, ...encoders.map(({ behindMs }) => behindMs)) / 1000);
    const speeds = encoders.flatMap((encoder) => (encoder.running ? (encoder.speed ?? []) : []));
    speed.set(speeds.length === 0 ? 1 : Math.min(...speeds));
    queuedBytes.set(encoders.reduce((sum, encoder) => sum + encoder.queuedBytes, 0));
    queuedFrames.set(encoders.reduce((sum, encoder) => sum + encoder.queuedFrames, 0));

    const { encoderRestarts, encoderLateFrames, encoderDroppedFrames } = this.totals.read();
    this.sums.restarts(encoderRestarts);
    this.sums.lateFrames(encoderLateFrames);
    this.sums.droppedFrames(encoderDroppedFrames);
  }
}
