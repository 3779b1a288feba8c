import { execFile } from 'node:child_process';
import { Abstract, Injectable, OnApplicationBootstrap } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock';
import { Shutdown } from '../common/shutdown';
import { within } from '../common/within';
import { AppConfig } from '../config/app-config';
import { TrailWalls, trailWalls } from '../database/service-role';
import { JobFigures, JobsSource } from './jobs-source';
import { KeyFigures, KeySource } from './key-source';
import { LoadSource } from './load-figures';
import { UpkeepSource } from './upkeep-source';

/** An answer is there within two seconds, whatever does not answer. Milliseconds. */
export const PATIENCE_MS = 1500;
/** Details for admins that the database has: one that hangs leaves them out. */
const DETAIL_MS = 400;
/** How long FFmpeg may take to say that it is there; how long that holds, and how long that it is not. */
const FFMPEG_MS = 5000;
const FFMPEG_HOLDS_MS = 60_000;
const MISSING_HOLDS_MS = 5_000;

export interface Health {
  readonly status: 'ok' | 'degraded' | 'unavailable';
  readonly ffmpeg_available: boolean;
  readonly database: 'ok' | 'unavailable';
  readonly active_sessions: number;
  readonly active_recordings: number;
  readonly max_concurrent: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Whether new work may be sent here, and what is in the way. */
export interface Readiness {
  readonly status: 'ready' | 'unready';
  readonly reason?: 'shutting_down' | 'database_unavailable' | 'ffmpeg_missing';
}

@Injectable()
export class HealthService implements OnApplicationBootstrap {
  private ffmpeg: { readonly at: number; readonly available: Promise<boolean> } | null = null;
  private ffmpegKnown = false;
  private ping: Promise<boolean> | null = null;

  constructor(
    private readonly config: AppConfig,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly modules: ModuleRef,
    private readonly shutdown: Shutdown,
  ) {}

  /** So that the first to ask need not wait for FFmpeg. */
  onApplicationBootstrap(): void {
    void this.checkFfmpeg();
  }

  /** Never throws. */
  async ready(): Promise<Readiness> {
    if (this.shutdown.underWay) return { status: 'unready', reason: 'shutting_down' };
    const [database, ffmpeg] = await Promise.all([this.pingDatabase(), this.checkFfmpeg()]);
    if (this.shutdown.underWay) return { status: 'unready', reason: 'shutting_down' };
    if (!database) return { status: 'unready', reason: 'database_unavailable' };
    return ffmpeg ? { status: 'ready' } : { status: 'unready', reason: 'ffmpeg_missing' };
  }

  /** `unavailable` without a database, `degraded` without FFmpeg (H.264 courts still record). Never throws. */
  async check(): Promise<Health> {
    const [database, ffmpeg] = await Promise.all([this.pingDatabase(), this.checkFfmpeg()]);
    return {
      status: database ? (ffmpeg ? 'ok' : 'degraded') : 'unavailable',
      ffmpeg_available: ffmpeg,
      database: database ? 'ok' : 'unavailable',
      ...(this.loadSource()?.figures() ?? { active_sessions: 0, active_recordings: 0 }),
      max_concurrent: this.config.maxSessions,
    };
  }

  /** For admins: the process, and what the rooms add. */
  async details(): Promise<Readonly<Record<string, unknown>>> {
    const memory = process.memoryUsage();
    const walls = within<TrailWalls | null>(this.clock, DETAIL_MS, trailWalls(this.source), null);
    const keys = within<KeyFigures | null>(this.clock, DETAIL_MS, this.keyFigures(), null);
    const jobs = within<JobFigures | null>(this.clock, DETAIL_MS, this.jobFigures(), null);
    const upkeep = await this.find(UpkeepSource)?.details();
    return {
      uptime_seconds: Math.round(process.uptime()),
      node: process.version,
      rss_bytes: memory.rss,
      heap_used_bytes: memory.heapUsed,
      ...this.loadSource()?.details?.(),
      ...upkeep,
      audit_trail: await walls,
      camera_keys: await keys,
      jobs: await jobs,
    };
  }

  private async keyFigures(): Promise<KeyFigures | null> {
    return this.find(KeySource)?.figures() ?? null;
  }

  private async jobFigures(): Promise<JobFigures | null> {
    return this.find(JobsSource)?.figures() ?? null;
  }

  private loadSource(): LoadSource | null {
    return this.find(LoadSource);
  }

  private find<T>(source: Abstract<T>): T | null {
    try {
      return this.modules.get<T>(source, { strict: false });
    } catch {
      return null;
    }
  }

  /** One ping for all who ask while it is under way: anyone may ask, and connections are few. */
  private pingDatabase(): Promise<boolean> {
    this.ping ??= within(
      this.clock,
      PATIENCE_MS,
      this.source.query('SELECT 1').then(() => true),
      false,
    ).finally(() => (this.ping = null));
    return this.ping;
  }

  /** Asked once a minute, and by one caller for all; until it answers, what it said last holds. */
  private checkFfmpeg(): Promise<boolean> {
    const now = this.clock.monotonic();
    const holds = this.ffmpegKnown ? FFMPEG_HOLDS_MS : MISSING_HOLDS_MS;
    if (this.ffmpeg === null || now - this.ffmpeg.at >= holds) {
      const both = [this.config.ffmpegPath, this.config.ffprobePath].map((path) => runs(path));
      const available = Promise.all(both).then((answers) => (this.ffmpegKnown = answers.every(Boolean)));
      this.ffmpeg = { at: now, available };
    }
    return within(this.clock, PATIENCE_MS, this.ffmpeg.available, this.ffmpegKnown);
  }
}

function runs(program: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(program, ['-version'], { timeout: FFMPEG_MS, killSignal: 'SIGKILL' }, (error) => resolve(error === null));
  });
}
