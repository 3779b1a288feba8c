import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { AppConfig } from '../config/app-config';
import { Toolchain } from '../media/toolchain';
import { CameraDialer } from './camera-dialer';
import { ParsedCameraUrl, parseCameraUrl } from './camera-url';
import { HttpSource } from './sources/http/http-source';
import { RtspSource } from './sources/rtsp/rtsp-source';
import { CameraTarget, SOURCE_LIMITS, SourceLimits, StreamSource } from './sources/stream-source';

/** Where PostgreSQL listens when its URL does not say. */
const POSTGRES_PORT = 5432;

/** From a camera's URL to a source ready to run: the address is resolved, checked and pinned anew for each connection. */
@Injectable()
export class CameraConnector {
  /** Resolves, checks and dials: what else speaks to cameras does so by it. */
  readonly dialer: CameraDialer;
  private readonly limits: SourceLimits;
  private readonly ownPorts = new Set<number>();

  constructor(
    config: AppConfig,
    private readonly toolchain: Toolchain,
    private readonly clock: Clock,
  ) {
    const timeoutMs = config.cameraTimeoutSeconds * 1000;
    this.limits = { ...SOURCE_LIMITS, timeoutMs };
    this.ownPorts.add(config.port);
    if (config.databaseUrl !== null && URL.canParse(config.databaseUrl)) {
      this.ownPorts.add(Number(new URL(config.databaseUrl).port || POSTGRES_PORT));
    }
    this.dialer = new CameraDialer(
      {
        allowLoopback: config.cameraAllowLoopback,
        // Only with cameras on this machine allowed are any of its ports; without, none of its addresses is dialled.
        ...(config.cameraAllowLoopback ? { isOwnPort: (port: number) => this.isOwnPort(port) } : {}),
        resolveTimeoutMs: timeoutMs,
      },
      clock,
    );
  }

  /** Whether something of this service listens there: itself, its database, a session's port. */
  isOwnPort(port: number): boolean {
    return this.ownPorts.has(port);
  }

  /** A port of ours: no camera is dialled there. */
  reservePort(port: number): void {
    this.ownPorts.add(port);
  }

  releasePort(port: number): void {
    this.ownPorts.delete(port);
  }

  /**
   * Where an address leads, for whoever dials something that is no camera.
   * @throws CameraError as {@link CameraDialer.resolve}
   */
  resolve(target: ParsedCameraUrl, networks: readonly string[] | null = null): Promise<CameraTarget> {
    return this.dialer.resolve(target, networks);
  }

  /**
   * @param networks those that the club's cameras are in; `null`: no matter which
   * @param session whom the source works for; stands in the arguments of its FFmpeg, where it needs one
   * @throws CameraError where the URL or the address it leads to is not allowed, or does not resolve.
   */
  async connect(cameraUrl: string, networks: readonly string[] | null, session: string): Promise<StreamSource> {
    const { dialer, limits, clock } = this;
    const target = await dialer.resolve(parseCameraUrl(cameraUrl), networks);
    if (target.scheme === 'rtsp' || target.scheme === 'rtsps') return new RtspSource({ target, dialer, limits, clock });
    return new HttpSource({ target, dialer, limits, clock, ffmpeg: this.toolchain, session });
  }
}
