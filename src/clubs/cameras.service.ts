import { Injectable, Logger } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { ProblemException } from '../common/problem';
import { SecretBox } from '../common/secret-box';
import { AppConfig } from '../config/app-config';
import { CameraConnector } from '../proxy/camera-connector';
import { checkCameraUrl } from './camera-check';
import { Camera } from './entities/camera.entity';
import { CameraStates } from './watch/camera-states.service';

/** What it takes to dial a court's camera. */
export interface CameraAccess {
  readonly cameraUrl: string;
  /** Those that the club's cameras are in; `null`: no matter which. */
  readonly cameraNetworks: readonly string[] | null;
  /** The court's recordings have its sound. */
  readonly recordSound: boolean;
}

/** Keeps the cameras' addresses: sealed at rest, opened for the runtime only. */
@Injectable()
export class CamerasService {
  private readonly logger = new Logger(CamerasService.name);

  constructor(
    private readonly database: DataSource,
    private readonly box: SecretBox,
    private readonly config: AppConfig,
    private readonly connector: CameraConnector,
    private readonly states: CameraStates,
  ) {}

  /**
   * The address of a court's camera as the club wrote it, credentials and all, and the networks in which it must lie: for
   * dialling, never for an answer or a log.
   * @throws ProblemException `not_found`; `internal_error` where the address cannot be opened (`SECRETS_KEY` changed)
   */
  async accessTo(courtId: number): Promise<CameraAccess> {
    const [camera] = await this.database.query<
      { url_sealed: string; camera_networks: string[] | null; record_sound: boolean }[]
    >(
      `SELECT a.url_sealed, o.camera_networks, c.record_sound
       FROM cameras a JOIN courts c ON c.id = a.court_id JOIN clubs o ON o.id = c.club_id WHERE a.court_id = $1`,
      [courtId],
    );
    if (!camera) throw new ProblemException('not_found', 'This court has no camera.');
    try {
      return {
        cameraUrl: this.box.open(camera.url_sealed, ownerOfCamera(courtId)),
        cameraNetworks: camera.camera_networks,
        recordSound: camera.record_sound,
      };
    } catch (cause) {
      this.logger.error({ err: cause, courtId }, 'The address of a camera cannot be opened');
      throw new ProblemException(
        'internal_error',
        "The camera's address cannot be read: enter it again.",
        {},
        { cause },
      );
    }
  }

  /**
   * Sets the camera of a court; what was known of the one before is forgotten.
   * @throws CameraError `camera_scheme_unsupported` or `camera_address_forbidden`
   */
  async set(courtId: number, url: string, networks: readonly string[] | null, manager: EntityManager): Promise<Camera> {
    const { scheme, host, username, password } = this.check(url, networks);
    const known = await manager.findOneBy(Camera, { courtId });
    const camera = known ?? manager.create(Camera, { courtId });
    camera.urlSealed = this.box.seal(url.trim(), ownerOfCamera(courtId));
    camera.keyId = this.box.keyId;
    camera.protocol = scheme;
    camera.host = host;
    camera.hasCredentials = username !== null || password !== null;
    await this.states.beginAnew(manager, courtId);
    return manager.save(camera);
  }

  /** Looks at an address before anything is written. @throws as {@link set} */
  check(url: string, networks: readonly string[] | null): ReturnType<typeof checkCameraUrl> {
    const isOwnPort = (port: number): boolean => this.connector.isOwnPort(port);
    return checkCameraUrl(url, { allowLoopback: this.config.cameraAllowLoopback, isOwnPort, networks });
  }
}

/** What the sealed address is bound to: copied to another court's row, it does not open. */
export function ownerOfCamera(courtId: number): string {
  return `court:${courtId}`;
}
