import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { BareFfmpeg, BareJob } from './bare-ffmpeg';
import type { CameraHost, CameraSpec } from './camera-host';
import { BenchOptions } from './options';
import type { RuntimeHost } from './runtime-host';
import { nodeFlags } from '../scripts/node-flags';
import { ServiceUnderTest } from './service-under-test';
import { Worker } from './worker';

/** One run of the process under test with sessions open on cameras. */
export interface Courts {
  readonly host: Worker<RuntimeHost>;
  readonly sessions: readonly string[];
}

/** Where scenarios get cameras, processes and disk space, and what takes all of it away again. */
export class Lab {
  private readonly folder: string;
  private readonly workers = new Set<Worker<RuntimeHost>>();
  private readonly bare = new Set<BareFfmpeg>();
  private readonly services = new Set<ServiceUnderTest>();
  private cameraHost: Promise<Worker<CameraHost>> | undefined;
  private number = 0;

  constructor(
    root: string,
    readonly options: BenchOptions,
    private readonly progress: (text: string) => void,
  ) {
    const rooms = join(root, '.cache', 'bench');
    mkdirSync(rooms, { recursive: true });
    removeLeftovers(rooms);
    this.folder = join(rooms, String(process.pid));
    mkdirSync(this.folder);
  }

  say(text: string): void {
    this.progress(text);
  }

  /** A fresh folder on the disk that the service records to by default. */
  room(): string {
    const room = join(this.folder, String(++this.number));
    mkdirSync(room);
    return room;
  }

  /** Takes a room's files away, so that the disk holds one scenario at a time. */
  clear(room: string): void {
    rmSync(room, { recursive: true, force: true });
  }

  /** The process of all cameras. */
  cameras(): Promise<Worker<CameraHost>> {
    this.cameraHost ??= Worker.start<CameraHost>('cameras', join(__dirname, 'camera-host.js'));
    return this.cameraHost;
  }

  async startCameras(spec: CameraSpec): Promise<string[]> {
    return (await this.cameras()).call('start', spec);
  }

  async stopCameras(urls: readonly string[]): Promise<void> {
    await (await this.cameras()).call('stop', urls);
  }

  /** A fresh process under test, with nothing open. @param activity how much moves is measured, too */
  async host(room: string, activity = false): Promise<Worker<RuntimeHost>> {
    const { profile } = this.options;
    const profiler = profile === null ? [] : ['--cpu-prof', '--cpu-prof-interval', '500', '--cpu-prof-dir', profile];
    const flags = [...nodeFlags(), ...profiler];
    const script = join(__dirname, 'runtime-host.js');
    const worker = await Worker.start<RuntimeHost>('runtime', script, [room, `${activity}`], flags);
    this.workers.add(worker);
    return worker;
  }

  /** A fresh process under test that records all these cameras. */
  async record(urls: readonly string[], room: string, activity = false): Promise<Courts> {
    const host = await this.host(room, activity);
    return { host, sessions: await this.recordIn(host, urls) };
  }

  /** Opens a session on each camera and records it; gives the sessions. */
  async recordIn(host: Worker<RuntimeHost>, urls: readonly string[]): Promise<string[]> {
    const sessions = urls.map(() => randomUUID() as string);
    await Promise.all(sessions.map((sessionId, i) => host.call('open', { sessionId, cameraUrl: urls[i] as string })));
    const started = await Promise.all(sessions.map((sessionId) => host.call('record', sessionId)));
    const bad = started.find(({ phase }) => phase !== 'recording');
    if (bad !== undefined) throw new Error(`a court is not recording but ${bad.phase}`);
    return sessions;
  }

  /** Ends a process under test with what it records. */
  async end(host: Worker<RuntimeHost>): Promise<void> {
    await host.end();
    this.workers.delete(host);
  }

  /** The whole service, fresh. */
  async service(room: string, env: Readonly<Record<string, string>> = {}): Promise<ServiceUnderTest> {
    const service = await ServiceUnderTest.start(room, env);
    this.services.add(service);
    return service;
  }

  async endService(service: ServiceUnderTest): Promise<void> {
    await service.end();
    this.services.delete(service);
  }

  /** FFmpeg processes that do these jobs, one each. */
  startBare(jobs: readonly BareJob[]): BareFfmpeg {
    const bare = new BareFfmpeg(jobs);
    this.bare.add(bare);
    return bare;
  }

  async endBare(bare: BareFfmpeg): Promise<void> {
    await bare.end();
    this.bare.delete(bare);
  }

  sleep(seconds: number): Promise<void> {
    return pause(seconds * 1000);
  }

  /** Everything this bench started ends, everything it wrote goes. */
  async close(): Promise<void> {
    await Promise.all([...this.bare].map((bare) => bare.end()));
    await Promise.all([...this.workers].map((worker) => worker.end()));
    await Promise.all([...this.services].map((service) => service.end()));
    await (await this.cameraHost)?.end();
    this.clear(this.folder);
  }
}

/** A bench that was killed leaves its folder, named after a process that is no more. */
function removeLeftovers(rooms: string): void {
  for (const name of readdirSync(rooms)) {
    if (/^\d+$/.test(name) && !isAlive(Number(name))) rmSync(join(rooms, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
