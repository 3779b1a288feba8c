import { Injectable } from '@nestjs/common';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { RepeatedDeeds } from '../auth/repeated-deeds';
import { ProblemException } from '../common/problem';
import { CameraDiscovery, FoundCamera } from '../proxy/onvif/camera-discovery';
import { ClubsService } from './clubs.service';
import { DiscoverCamerasDto, DiscoveryAnswer } from './dto/camera-discovery.dto';

/** Seconds that a search takes at most. */
const SEARCH_SECONDS = 5;
/** Of all clubs at one time. */
const AT_ONCE = 4;

/** Looks for a club's cameras in the networks that it may have cameras in. */
@Injectable()
export class CameraDiscoveryService {
  private readonly underWay = new Set<number>();

  constructor(
    private readonly clubs: ClubsService,
    private readonly discovery: CameraDiscovery,
    private readonly deeds: RepeatedDeeds,
  ) {}

  /**
   * @throws ProblemException `not_found`, `forbidden`; `too_many_attempts` while the club has a search under way;
   * `overloaded`. CameraError `camera_address_forbidden`
   */
  async search(
    principal: Principal,
    clubId: number,
    dto: DiscoverCamerasDto,
    caller: Caller,
  ): Promise<DiscoveryAnswer> {
    const { cameraNetworks } = await this.clubs.require(principal, clubId, 'admin');
    const retry = { retryAfterSeconds: SEARCH_SECONDS };
    if (this.underWay.has(clubId)) {
      throw new ProblemException('too_many_attempts', 'Cameras are being looked for already.', retry);
    }
    if (this.underWay.size >= AT_ONCE) throw new ProblemException('overloaded', undefined, retry);
    this.underWay.add(clubId);
    try {
      const entry = { actorId: principal.userId, clubId, target: `club:${clubId}`, ip: caller.ip };
      await this.deeds.record({ action: 'camera.searched', ...entry });
      const { addresses = [], username, password = '' } = dto;
      const credentials = username === undefined ? null : { username, password };
      const found = await this.discovery.find({ networks: cameraNetworks, addresses, credentials });
      return { success: true, devices: found.map(viewOf) };
    } finally {
      this.underWay.delete(clubId);
    }
  }
}

function viewOf({ name, address, refused, profiles }: FoundCamera): DiscoveryAnswer['devices'][number] {
  const views = profiles.map(({ streamUrl, ...facts }) => ({ ...facts, stream_url: streamUrl }));
  return { name, address, credentials_wanted: refused, profiles: views };
}
