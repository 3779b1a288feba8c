import { Injectable } from '@nestjs/common';
import { AuditEntry } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Gate } from '../auth/gate';
import { Principal } from '../auth/principal';
import { RepeatedDeeds } from '../auth/repeated-deeds';
import { Clock } from '../common/clock';
import { ProblemException } from '../common/problem';
import { CameraProbe, CameraProbeResult } from '../proxy/camera-probe';
import { CamerasService, MAIN_CAMERA } from './cameras.service';
import { CourtsService } from './courts.service';
import { CourtUsageProvider } from './court-usage.provider';
import { CameraTestAnswer } from './dto/court.dto';
import { SnapshotShelf } from './snapshot-shelf';
import { CameraLooks } from './watch/camera-looks.service';

/** Cameras dialled at once for tests, and tests that may wait. */
const SLOTS = 4;
const QUEUE = 16;

/**
 * Says what a camera is, or exactly what is wrong with it. A camera may allow one connection only: with a session open
 * its facts are the answer and nothing is dialled, and two tests of one camera at once are one.
 */
@Injectable()
export class CameraTestsService {
  private readonly gate = new Gate(SLOTS, QUEUE);
  /** By court and position. */
  private readonly underWay = new Map<string, Promise<CameraProbeResult>>();
  private readonly shelf: SnapshotShelf;

  constructor(
    private readonly courts: CourtsService,
    private readonly cameras: CamerasService,
    private readonly usage: CourtUsageProvider,
    private readonly probe: CameraProbe,
    private readonly looks: CameraLooks,
    private readonly deeds: RepeatedDeeds,
    clock: Clock,
  ) {
    this.shelf = new SnapshotShelf(clock);
  }

  /** @throws ProblemException `not_found`, `forbidden`, `overloaded`; CameraError */
  async test(
    principal: Principal,
    courtId: number,
    caller: Caller,
    position: number = MAIN_CAMERA,
  ): Promise<CameraTestAnswer> {
    const { clubId, cameras } = await this.courts.require(principal, courtId, 'admin');
    if (!cameras.some((camera) => camera.position === position)) throw new ProblemException('not_found');
    const details: AuditEntry['details'] = position === MAIN_CAMERA ? {} : { position };
    const entry = { actorId: principal.userId, clubId, target: `court:${courtId}`, ip: caller.ip, details };
    await this.deeds.record({ action: 'camera.tested', ...entry });
    const found = await this.look(courtId, position);
    const { protocol, codec, width, height, fps, latencyMs, snapshot } = found;
    const url = snapshot && `/api/terrains/${courtId}/camera/snapshot/${this.shelf.put(courtId, snapshot)}`;
    return {
      reachable: true,
      protocol,
      codec,
      width,
      height,
      fps,
      latency_ms: Math.round(latencyMs),
      snapshot_url: url,
    };
  }

  /** The picture of a test, a JPEG. @throws ProblemException `not_found`, `forbidden` */
  async snapshot(principal: Principal, courtId: number, name: string): Promise<Buffer> {
    await this.courts.require(principal, courtId, 'admin');
    const jpeg = this.shelf.get(courtId, name);
    if (!jpeg) throw new ProblemException('not_found');
    return jpeg;
  }

  private async look(courtId: number, position: number): Promise<CameraProbeResult> {
    const known = await this.usage.get().factsOfOpenSession(courtId, position);
    if (known) return known;
    const key = `${courtId}/${position}`;
    const underWay = this.underWay.get(key);
    if (underWay) return underWay;
    const started = this.dial(courtId, position).finally(() => this.underWay.delete(key));
    this.underWay.set(key, started);
    return started;
  }

  private async dial(courtId: number, position: number): Promise<CameraProbeResult> {
    const { cameraUrl, cameraNetworks } = await this.cameras.accessTo(courtId, position);
    const probe = (): Promise<CameraProbeResult> => this.probe.probe(cameraUrl, cameraNetworks);
    // The watch looks at main cameras only.
    return this.gate.run(() => (position === MAIN_CAMERA ? this.looks.apart(courtId, probe) : probe()));
  }
}
