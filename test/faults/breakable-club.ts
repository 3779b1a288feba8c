import type { NestExpressApplication } from '@nestjs/platform-express';
import { BrokenDisk, DiskCall, Fate } from '../../src/storage/broken-disk.fixture';
import { Disk } from '../../src/storage/disk';
import { h264Clip, RtspCamera } from '../cameras';
import { Api } from '../support/api';
import { PASSWORD, startTestClub, TestClub } from '../support/club';
import { Courtside } from '../support/courtside';
import { startTestApp } from '../support/test-app';
import { FaultWorld } from './fault-world';
import { pictures } from './film';
import { Findings } from './ledger';
import { Witness } from './witness';

/** What the disk does to a call; `undefined`: as it should. */
export type DiskFault = (call: DiskCall) => Fate;

/** A recording on a disk that will fail. */
export interface DoomedCourt {
  readonly sessionId: string;
  readonly camera: RtspCamera;
  /** From now on. */
  breakDisk(fault: DiskFault): void;
  mendDisk(): void;
  /** Calls of its files so far. */
  readonly calls: number;
}

/**
 * A service in this process whose disk fails for single courts, while another court records on it all the time: that one
 * must not notice.
 */
export class BreakableClub {
  private readonly faults = new Map<string, DiskFault>();
  private readonly counts = new Map<string, number>();
  private readonly cameras: RtspCamera[] = [];
  private bystander: { sessionId: string; witness: Witness } | null = null;

  private constructor(
    readonly world: FaultWorld,
    private club: TestClub,
    private courtside: Courtside,
  ) {
    const disk = club.service.app.get(Disk, { strict: false });
    const broken = new BrokenDisk((call) => this.meet(call));
    // Everybody has this one object already: its calls go through the broken disk from now on.
    for (const name of Object.getOwnPropertyNames(BrokenDisk.prototype) as (keyof Disk)[]) {
      if (name !== ('constructor' as string)) Object.defineProperty(disk, name, { value: broken[name].bind(broken) });
    }
  }

  static async start(): Promise<BreakableClub> {
    const world = await FaultWorld.make();
    const club = await startTestClub({ root: world.root, databaseUrl: world.databaseUrl, env: { MAX_SESSIONS: '30' } });
    const made = new BreakableClub(world, club, new Courtside(club.desk, club.clubId));
    const { sessionId, witness } = await made.record('Bystander');
    made.bystander = { sessionId, witness };
    return made;
  }

  get desk(): Courtside {
    return this.courtside;
  }

  get app(): NestExpressApplication {
    return this.club.service.app;
  }

  /** Ends the service and starts it again, with a sound disk. */
  async startAgain(): Promise<void> {
    await this.club.service.shutDown();
    const { root, databaseUrl } = this.world;
    const service = await startTestApp({ root, databaseUrl });
    this.club = { ...this.club, service };
    const api = await Api.signedIn(service.url, 'desk@padelvar.test', PASSWORD);
    this.courtside = new Courtside(api, this.club.clubId);
  }

  /** A court that records and whose disk can be broken. */
  async doomed(name: string): Promise<DoomedCourt> {
    const { sessionId, camera } = await this.record(name);
    const { faults, counts } = this;
    await pictures(camera, 30);
    return {
      sessionId,
      camera,
      breakDisk: (fault) => void faults.set(sessionId, fault),
      mendDisk: () => void faults.delete(sessionId),
      get calls() {
        return counts.get(sessionId) ?? 0;
      },
    };
  }

  /** The court that records all the time has lost nothing. */
  async bystanderIsWhole(found: Findings | null): Promise<void> {
    const { sessionId, witness } = this.bystander as { sessionId: string; witness: Witness };
    const { body } = await this.desk.stop(sessionId);
    expect(body.recording).toMatchObject({ status: 'ready', error: null, gaps: [] });
    await this.world.filmed(found ?? new Findings(), sessionId, witness);
  }

  async close(): Promise<void> {
    this.faults.clear();
    await this.club.service.shutDown();
    await this.world.close();
    for (const camera of this.cameras) await camera.stop();
  }

  private async record(name: string): Promise<{ sessionId: string; camera: RtspCamera; witness: Witness }> {
    const camera = new RtspCamera({ clip: await h264Clip({ width: 320, height: 180, seconds: 8, bitrate: 400_000 }) });
    this.cameras.push(camera);
    await camera.start();
    const witness = new Witness(camera);
    return { sessionId: await this.desk.record(await this.desk.court(name, camera.url)), camera, witness };
  }

  private meet(call: DiskCall): Fate {
    const [sessionId] = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(call.path) ?? [];
    if (sessionId === undefined) {
      // A folder that courts share.
      for (const fault of this.faults.values()) {
        const fate = fault(call);
        if (fate) return fate;
      }
      return;
    }
    this.counts.set(sessionId, (this.counts.get(sessionId) ?? 0) + 1);
    return this.faults.get(sessionId)?.(call);
  }
}
