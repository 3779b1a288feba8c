import { Injectable, Logger } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { ProblemException } from '../common/problem';
import { SecretBox } from '../common/secret-box';
import { AppConfig } from '../config/app-config';
import { CameraConnector } from '../proxy/camera-connector';
import { checkCameraUrl } from './camera-check';
import { Camera } from './entities/camera.entity';
import { CameraStates } from './watch/camera-states.service';

/** The court's own camera; further ones have the positions behind it. */
export const MAIN_CAMERA = 0;

/** What it takes to dial a camera. */
export interface CameraAccess {
  readonly cameraUrl: string;
  /** Those that the club's cameras are in; `null`: no matter which. */
  readonly cameraNetworks: readonly string[] | null;
  /** The court's recordings have its sound. */
  readonly recordSound: boolean;
}

/** A court's camera besides its main one. */
export interface FurtherCamera {
  readonly position: number;
  readonly name: string | null;
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
   * The address of a court's camera (default: the main one) as the club wrote it, credentials and all, and the networks in which it must lie: for
   * dialling, never for an answer or a log.
   * @throws ProblemException `not_found`; `internal_error` where the address cannot be opened (`SECRETS_KEY` changed)
   */
  async accessTo(courtId: number, position: number = MAIN_CAMERA): Promise<CameraAccess> {
    const [camera] = await this.database.query<
      { url_sealed: string; camera_networks: string[] | null; record_sound: boolean }[]
    >(
      `SELECT a.url_sealed, o.camera_networks, c.record_sound
       FROM cameras a JOIN courts c ON c.id = a.court_id JOIN clubs o ON o.id = c.club_id
       WHERE a.court_id = $1 AND a.position = $2`,
      [courtId, position],
    );
    if (!camera) throw new ProblemException('not_found', 'This court has no camera.');
    try {
      return {
        cameraUrl: this.box.open(camera.url_sealed, ownerOfCamera(courtId, position)),
        cameraNetworks: camera.camera_networks,
        recordSound: camera.record_sound,
      };
    } catch (cause) {
      this.logger.error({ err: cause, courtId, position }, 'The address of a camera cannot be opened');
      throw new ProblemException(
        'internal_error',
        "The camera's address cannot be read: enter it again.",
        {},
        { cause },
      );
    }
  }

  /**
   * Sets a camera of a court; what was known of the main one before is forgotten.
   * @throws CameraError `camera_scheme_unsupported` or `camera_address_forbidden`
   */
  async set(
    { courtId, position = MAIN_CAMERA }: { readonly courtId: number; readonly position?: number },
    url: string,
    networks: readonly string[] | null,
    manager: EntityManager,
  ): Promise<Camera> {
    const { scheme, host, username, password } = this.check(url, networks);
    const known = await manager.findOneBy(Camera, { courtId, position });
    const camera = known ?? manager.create(Camera, { courtId, position, name: null });
    camera.urlSealed = this.box.seal(url.trim(), ownerOfCamera(courtId, position));
    camera.keyId = this.box.keyId;
    camera.protocol = scheme;
    camera.host = host;
    camera.hasCredentials = username !== null || password !== null;
    if (position === MAIN_CAMERA) await this.states.beginAnew(manager, courtId);
    return manager.save(camera);
  }

  /** A court's cameras besides the main one, by position. */
  async furtherOf(courtId: number): Promise<FurtherCamera[]> {
    return this.database.query<FurtherCamera[]>(
      `SELECT position, name FROM cameras WHERE court_id = $1 AND position <> ${MAIN_CAMERA} ORDER BY position`,
      [courtId],
    );
  }

  /** Looks at an address before anything is written. @throws as {@link set} */
  check(url: string, networks: readonly string[] | null): ReturnType<typeof checkCameraUrl> {
    const isOwnPort = (port: number): boolean => this.connector.isOwnPort(port);
    return checkCameraUrl(url, { allowLoopback: this.config.cameraAllowLoopback, isOwnPort, networks });
  }
}

/** What the sealed address is bound to: copied to another camera's row, it does not open. */
export function ownerOfCamera(courtId: number, position: number): string {
  return position === MAIN_CAMERA ? `court:${courtId}` : `court:${courtId}/camera:${position}`;
}
