import { Injectable, Logger } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { ProblemException } from '../common/problem';
import { SecretBox } from '../common/secret-box';
import { AppConfig } from '../config/app-config';
import { checkCameraUrl } from './camera-check';
import { Camera } from './entities/camera.entity';

/** Keeps the cameras' addresses: sealed at rest, opened for the runtime only. */
@Injectable()
export class CamerasService {
  private readonly logger = new Logger(CamerasService.name);

  constructor(
    private readonly database: DataSource,
    private readonly box: SecretBox,
    private readonly config: AppConfig,
  ) {}

  /**
   * The address of a court's camera as the club wrote it, credentials and all: for dialling, never for an answer or a log.
   * @throws ProblemException `not_found`; `internal_error` where the address cannot be opened (`SECRETS_KEY` changed)
   */
  async urlForCourt(courtId: number): Promise<string> {
    const camera = await this.database.manager.findOne(Camera, {
      where: { courtId },
      select: { id: true, urlSealed: true },
    });
    if (!camera) throw new ProblemException('not_found', 'This court has no camera.');
    try {
      return this.box.open(camera.urlSealed, ownerOfCamera(courtId));
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
   * Sets the camera of a court.
   * @throws CameraError `camera_scheme_unsupported` or `camera_address_forbidden`
   */
  async set(courtId: number, url: string, manager: EntityManager): Promise<Camera> {
    const { scheme, host, username, password } = this.check(url);
    const known = await manager.findOneBy(Camera, { courtId });
    const camera = known ?? manager.create(Camera, { courtId });
    camera.urlSealed = this.box.seal(url.trim(), ownerOfCamera(courtId));
    camera.keyId = this.box.keyId;
    camera.protocol = scheme;
    camera.host = host;
    camera.hasCredentials = username !== null || password !== null;
    return manager.save(camera);
  }

  /** Looks at an address before anything is written. @throws as {@link set} */
  check(url: string): ReturnType<typeof checkCameraUrl> {
    const { cameraAllowLoopback: allowLoopback, port: ownPort } = this.config;
    return checkCameraUrl(url, { allowLoopback, ownPort });
  }
}

/** What the sealed address is bound to: copied to another court's row, it does not open. */
export function ownerOfCamera(courtId: number): string {
  return `court:${courtId}`;
}
