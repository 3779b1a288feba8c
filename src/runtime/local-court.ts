import { Clock } from '../common/clock';
import { CameraProxy } from '../proxy/camera-proxy';
import { CameraFacts } from '../proxy/camera-probe';
import { ProxyPort } from '../proxy/proxy-port';
import { CourtRecorder } from '../recording/engine/court-recorder';
import { CourtLive } from './court-live';
import { CourtPictures, PICTURES_CONSUMER, TILES_CONSUMER } from './court-pictures';
import { MOTION_CONSUMER } from './court-motion';
import { CourtSound, CourtStatus } from './court-runtime';

/** Consumers of frames that are no viewers; those behind `preview` are counted one by one. */
const NO_VIEWERS = new Set(['recording', PICTURES_CONSUMER, TILES_CONSUMER, MOTION_CONSUMER]);

/** One open session in this process. */
export class LocalCourt {
  recorder: CourtRecorder | null = null;
  /** A further camera of another session's match. */
  isAngle = false;
  /** Epoch milliseconds at which the camera came or went. */
  since: number;

  constructor(
    readonly sessionId: string,
    readonly proxy: CameraProxy,
    readonly port: ProxyPort,
    readonly pictures: CourtPictures,
    readonly tiles: CourtPictures,
    readonly live: CourtLive,
    readonly latencyMs: number,
    private readonly clock: Clock,
  ) {
    this.since = clock.now();
  }

  /** Ends what is watched; when this settles no decoder is left. */
  async endViewers(): Promise<void> {
    this.live.close();
    await Promise.all([this.pictures.close(), this.tiles.close()]);
  }

  private sound(): CourtSound {
    const { facts } = this.proxy.sound;
    return facts.state === 'on' && this.recorder?.hasSound ? { ...facts, state: 'recording' } : facts;
  }

  status(): CourtStatus {
    const health = this.proxy.health();
    const age = health.lastFrameAgeMs ?? 0;
    return {
      state: health.state === 'live' ? 'live' : 'reconnecting',
      since: this.since,
      // Known from the first frame on, and a court is open only then.
      facts: health.facts as CameraFacts,
      sound: this.sound(),
      proxyPort: this.port.port,
      latencyMs: this.latencyMs,
      lastFrameAt: this.clock.now() - age,
      lastFrameAgeMs: age,
      reconnects: health.reconnects,
      viewers:
        health.consumers.filter(({ name }) => !NO_VIEWERS.has(name)).length +
        this.pictures.viewers +
        this.tiles.viewers,
      decoding: this.pictures.decoding || this.tiles.decoding,
      bitrate: health.bitrate,
      frames: health.frames,
      losses: health.losses,
      recording: this.recorder?.state ?? null,
      work: this.recorder?.work ?? null,
      error: health.state === 'live' ? null : health.lastError,
    };
  }
}
