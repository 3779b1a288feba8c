import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setInterval as every } from 'node:timers/promises';
import { EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres';
import { CameraServer, h264Clip, MjpegCamera, mjpegClip, RtspCamera } from '../cameras';
import { Courtside } from '../support/courtside';
import { Inspector, INSPECTABLE, Retained } from '../support/inspector';
import { Seeded } from '../support/seeded';
import { Service } from '../support/service';
import { until } from '../support/until';
import { FaultWorld } from './fault-world';
import { pictures } from './film';
import { entered, Findings } from './ledger';
import { Witness } from './witness';

const SECONDS = Number(process.env.PADELVAR_SOAK_SECONDS ?? 600);
const SEED = Number(process.env.PADELVAR_SOAK_SEED ?? 1);
const RTSP_COURTS = 14;
const JPEG_COURTS = 6;
const FPS = 25;
/** Small, and with numbers that come again only after a minute. */
const SMALL = { width: 192, height: 108, fps: FPS, seconds: 60, bitrate: 300_000 };
/**
 * What a service may grow, once it has seen everything; measured over at least two minutes. MiB a minute, of what is left
 * each time its garbage was collected: when V8 does that by itself is its own affair, and looks like growth until it does.
 */
const FLAT = { own: 0.5, resident: 3 };
const MEASURED_SECONDS = 120;
/** Of the second half: a young process still grows into what it needs. */
const WARM_UP = 0.4;
const LOOK_MS = 10_000;
/** I2. */
const RESUMED_MS = 10_000;
/** I7. */
const REFUSED_MS = 2_000;
const HOURS_MS = 3 * 3_600_000;

interface Court {
  readonly camera: CameraServer;
  readonly witness: Witness;
  readonly sessionId: string;
}

/** A club's Saturday, with everything going wrong that may. */
class Soak {
  private readonly random = new Seeded(SEED);
  private readonly counts = new Map<string, number>();
  private readonly memory: (Retained & { readonly at: number })[] = [];
  private readonly courts: Court[] = [];
  private service: Service;
  private desk: Courtside;
  private over = false;
  /** From a start after a kill until every court was its own again. Milliseconds. */
  private slowest = 0;

  private constructor(
    private readonly world: FaultWorld,
    private readonly postgres: EmbeddedPostgres,
    private readonly home: string,
  ) {}

  static async open(): Promise<Soak> {
    const home = mkdtempSync(join(tmpdir(), 'padelvar-soak-pg-'));
    const log = (): void => undefined;
    const logsDir = join(home, 'logs');
    const postgres = await startEmbeddedPostgres({ dataDir: home, home, logsDir, durable: false, log });
    const soak = new Soak(await FaultWorld.make({ databaseUrl: postgres.url }), postgres, home);
    await soak.startService();
    const frames = await h264Clip({ ...SMALL, gopSeconds: 1 });
    const jpegs = await mjpegClip(SMALL);
    for (let i = 0; i < RTSP_COURTS + JPEG_COURTS; i++) {
      const camera = i < RTSP_COURTS ? new RtspCamera({ clip: frames }) : new MjpegCamera({ clip: jpegs });
      await camera.start();
      const witness = new Witness(camera);
      const sessionId = await soak.desk.record(await soak.desk.court(`Court ${i + 1}`, camera.url));
      soak.courts.push({ camera, witness, sessionId });
    }
    return soak;
  }

  async run(found: Findings): Promise<void> {
    const half = (SECONDS * FPS) / 2;
    await this.torment(half, true, found);
    // What a process has grown to is measured in one life.
    const measuring = this.measure(performance.now() + SECONDS * 500 * WARM_UP);
    await this.torment(half, false, found);
    this.over = true;
    await measuring;
    const slopes = { own: this.slope('own'), resident: this.slope('resident') };
    found.note(`seed ${SEED}: ${[...this.counts].map(([what, times]) => `${times} × ${what}`).join(', ')}`);
    if (this.slowest > 0)
      found.note(`all courts again ${(this.slowest / 1000).toFixed(1)} s after each kill, at worst`);
    const { own, resident } = slopes;
    const held = this.memory.at(-1) ?? { own: NaN, resident: NaN };
    found.note(
      `memory after garbage collection: ${own.toFixed(2)} MiB a minute at ${Math.round(held.own)} MiB held, ` +
        `${resident.toFixed(2)} MiB a minute at ${Math.round(held.resident)} MiB resident`,
    );
    await this.finish(found);
    if ((SECONDS / 2) * (1 - WARM_UP) < MEASURED_SECONDS) return;
    expect(own).toBeLessThan(FLAT.own);
    expect(resident).toBeLessThan(FLAT.resident);
  }

  async close(): Promise<void> {
    this.over = true;
    await this.world.close();
    for (const { camera } of this.courts) await camera.stop();
    await this.postgres.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** One fault after the other for so many pictures of a camera. */
  private async torment(length: number, withDeaths: boolean, found: Findings): Promise<void> {
    const clock = this.courts[0]?.camera as CameraServer;
    let left = length;
    for (let n = 1; left > 0; n++) {
      const pause = this.random.between(FPS, 4 * FPS);
      await pictures(clock, Math.min(pause, left));
      left -= pause;
      const before = performance.now();
      await (withDeaths && n % 8 === 0 ? this.killService() : this.anyFault());
      left -= Math.round(((performance.now() - before) / 1000) * FPS);
      found.happened();
      expect(await this.world.invariants.writers()).toEqual([]);
      expect((await this.desk.start(this.random.pick(this.courts).sessionId)).status).toBe(409);
    }
  }

  private anyFault(): Promise<void> {
    const ofCameras = [() => this.cutCamera(), () => this.silenceCamera()];
    const others = [() => this.killEncoder(), () => this.stopDatabase()];
    // Cameras fail more often than all else.
    return this.random.pick([...ofCameras, ...ofCameras, ...ofCameras, ...others])();
  }

  private async cutCamera(): Promise<void> {
    this.count('camera cut');
    await this.random.pick(this.courts).camera.cut({ refuseMs: this.random.between(0, 3_000) });
  }

  private silenceCamera(): Promise<void> {
    this.count('camera silent');
    this.random.pick(this.courts).camera.silence(this.random.between(300, 6_000));
    return Promise.resolve();
  }

  private killEncoder(): Promise<void> {
    const encoders = this.service.listChildren().filter(({ args }) => args.includes('libx264'));
    if (encoders.length === 0) return Promise.resolve();
    this.count('encoder killed');
    process.kill(this.random.pick(encoders).pid, 'SIGKILL');
    return Promise.resolve();
  }

  private async stopDatabase(): Promise<void> {
    this.count('PostgreSQL stopped');
    const pid = this.postgres.pid() ?? 0;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
    const all = [pid, ...children];
    for (const one of all) process.kill(one, 'SIGSTOP');
    const before = performance.now();
    expect((await this.desk.api.get('/api/video/health')).status).toBe(503);
    expect(performance.now() - before).toBeLessThan(REFUSED_MS);
    await pictures(this.courts[0]?.camera as CameraServer, this.random.between(FPS, 5 * FPS));
    for (const one of all) process.kill(one, 'SIGCONT');
    // Rows follow before anybody looks at them.
    await until(async () => (await this.desk.api.get('/api/video/health')).status === 200);
  }

  private async killService(): Promise<void> {
    this.count('service killed');
    await this.service.end('SIGKILL');
    const began = performance.now();
    await this.startService();
    await until(async () => (await this.world.invariants.writers()).length === 0);
    for (const { sessionId } of this.courts) {
      await this.desk.recordingThat(sessionId, ({ status }) => status === 'recording' || status === 'reconnecting');
    }
    const took = performance.now() - began;
    this.slowest = Math.max(this.slowest, took);
    expect(took).toBeLessThan(RESUMED_MS);
  }

  private async startService(): Promise<void> {
    this.service = await this.world.start({ env: { MAX_SESSIONS: '30', VIDEO_PRESET: 'ultrafast', ...INSPECTABLE } });
    this.desk = await Courtside.at(this.service.url);
  }

  private count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  private async measure(from: number): Promise<void> {
    const inspector = await Inspector.attach(this.service);
    try {
      for await (const _ of every(LOOK_MS)) {
        if (this.over) return;
        const at = performance.now();
        if (at >= from) this.memory.push({ at, ...(await inspector.retained()) });
      }
    } finally {
      await inspector.close();
    }
  }

  /** Least squares, in MiB a minute. */
  private slope(what: keyof Retained): number {
    const points = this.memory.map(({ at, ...retained }) => ({ at, mib: retained[what] }));
    const mean = (of: (point: { at: number; mib: number }) => number): number =>
      points.reduce((sum, point) => sum + of(point), 0) / points.length;
    const [at, mib] = [mean((point) => point.at), mean((point) => point.mib)];
    const above = points.reduce((sum, point) => sum + (point.at - at) * (point.mib - mib), 0);
    const below = points.reduce((sum, point) => sum + (point.at - at) ** 2, 0);
    // Of a single look nothing can be said.
    return below > 0 ? (above / below) * 60_000 : 0;
  }

  private async finish(found: Findings): Promise<void> {
    for (const { camera } of this.courts) camera.speak();
    for (const { sessionId } of this.courts) {
      const stopped = await this.desk.stop(sessionId);
      expect(stopped).toMatchObject({ status: 200, body: { recording: { status: 'ready', error: null } } });
      expect((await this.desk.stop(sessionId)).body).toEqual(stopped.body);
      await this.desk.close(sessionId);
    }
    await this.world.atRest(found, new Map(this.courts.map(({ sessionId, witness }) => [sessionId, witness])));
  }
}

it(
  'records twenty courts while everything fails',
  async () => {
    const row = {
      section: 'Soak',
      fault: `${RTSP_COURTS + JPEG_COURTS} courts for ${Math.round(SECONDS / 6) / 10} minutes`,
      how: 'cameras cut and silent, encoders killed, the service killed with SIGKILL, PostgreSQL stopped, at random',
      invariants: ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7'],
    } as const;
    await entered(row, async (found) => {
      const soak = await Soak.open();
      try {
        await soak.run(found);
      } finally {
        await soak.close();
      }
    });
  },
  HOURS_MS,
);
