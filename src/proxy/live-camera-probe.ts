import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { AppConfig } from '../config/app-config';
import { CameraConnector } from './camera-connector';
import { CameraFacts, CameraProbe, CameraProbeResult } from './camera-probe';
import { CameraProxy } from './camera-proxy';
import { CameraSnapshots } from './camera-snapshots';

/** How long a camera is looked at for its frame rate, and how many frames are enough. */
const LOOK_MS = 1_500;
const ENOUGH_FRAMES = 50;
const SESSION = 'probe';

/** Probes by a connection of its own, as a session would make it. */
@Injectable()
export class LiveCameraProbe extends CameraProbe {
  constructor(
    private readonly connector: CameraConnector,
    private readonly snapshots: CameraSnapshots,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {
    super();
  }

  async probe(cameraUrl: string, networks: readonly string[] | null): Promise<CameraProbeResult> {
    const began = this.clock.monotonic();
    const proxy = this.proxyOf(cameraUrl, networks);
    try {
      await proxy.open();
      const latencyMs = Math.round(this.clock.monotonic() - began);
      const snapshot = this.snapshots.of(proxy, SESSION).catch(() => null);
      await this.watch(proxy);
      return { ...(proxy.facts as CameraFacts), latencyMs, snapshot: await snapshot };
    } finally {
      await proxy.close();
    }
  }

  async look(cameraUrl: string, networks: readonly string[] | null, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const proxy = this.proxyOf(cameraUrl, networks);
    try {
      await proxy.open(signal);
    } finally {
      await proxy.close();
    }
  }

  private proxyOf(cameraUrl: string, networks: readonly string[] | null): CameraProxy {
    return new CameraProxy({
      clock: this.clock,
      connect: () => this.connector.connect(cameraUrl, networks, SESSION),
      stallMs: this.config.cameraStallSeconds * 1000,
      timeoutMs: this.config.cameraTimeoutSeconds * 1000,
    });
  }

  private async watch(proxy: CameraProxy): Promise<void> {
    await new Promise<void>((resolve) => {
      let frames = 0;
      const done = (): void => {
        cancel();
        unsubscribe();
        resolve();
      };
      const cancel = this.clock.after(LOOK_MS, done);
      const unsubscribe = proxy.subscribe({
        name: SESSION,
        maxQueueBytes: 0,
        take: () => {
          if (++frames === ENOUGH_FRAMES) queueMicrotask(done);
        },
      });
    });
  }
}
