import { execFile } from 'node:child_process';
import { Abstract, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock';
import { AppConfig } from '../config/app-config';
import { LoadSource } from './load-figures';
import { UpkeepSource } from './upkeep-source';

/** How long the database may take to answer, and how long an answer about FFmpeg holds. Milliseconds. */
const PING_MS = 1500;
const FFMPEG_MS = 5000;
const FFMPEG_HOLDS_MS = 60_000;

export interface Health {
  readonly status: 'ok' | 'degraded' | 'unavailable';
  readonly ffmpeg_available: boolean;
  readonly database: 'ok' | 'unavailable';
  readonly active_sessions: number;
  readonly active_recordings: number;
  readonly max_concurrent: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

@Injectable()
export class HealthService {
  private ffmpeg: { readonly at: number; readonly available: Promise<boolean> } | null = null;

  constructor(
    private readonly config: AppConfig,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly modules: ModuleRef,
  ) {}

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
    return {
      uptime_seconds: Math.round(process.uptime()),
      node: process.version,
      rss_bytes: memory.rss,
      heap_used_bytes: memory.heapUsed,
      ...this.loadSource()?.details?.(),
      ...(await this.find(UpkeepSource)?.details()),
    };
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

  private async pingDatabase(): Promise<boolean> {
    return new Promise<boolean>((resolve) => {
      const cancel = this.clock.after(PING_MS, () => resolve(false));
      this.source
        .query('SELECT 1')
        .then(
          () => resolve(true),
          () => resolve(false),
        )
        .finally(cancel);
    });
  }

  /** Asked at most once a minute, and by one caller for all. */
  private checkFfmpeg(): Promise<boolean> {
    const now = this.clock.monotonic();
    if (this.ffmpeg === null || now - this.ffmpeg.at >= FFMPEG_HOLDS_MS) {
      const both = [this.config.ffmpegPath, this.config.ffprobePath].map((path) => runs(path));
      this.ffmpeg = { at: now, available: Promise.all(both).then((answers) => answers.every(Boolean)) };
    }
    return this.ffmpeg.available;
  }
}

function runs(program: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(program, ['-version'], { timeout: FFMPEG_MS, killSignal: 'SIGKILL' }, (error) => resolve(error === null));
  });
}
