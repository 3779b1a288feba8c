import { randomUUID } from 'node:crypto';
import { Injectable, OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AppConfig } from '../config/app-config';
import { Disk } from '../storage/disk';
import { VideoStore } from '../storage/video-store';
import { MaintenanceAlarm } from './maintenance-alarm';

/**
 * Tells whether VIDEOS_DIR is the directory it was: the very one this process began with (a disk that is unmounted leaves
 * its mount point, another directory), and this installation's (a file in it has the id that the database has). Otherwise
 * everything in it would seem to be nobody's, and everybody's videos missing.
 */
@Injectable()
export class VideosDirectory implements OnModuleInit {
  /** Device and inode. */
  private identity: string | null = null;

  constructor(
    private readonly database: DataSource,
    private readonly disk: Disk,
    private readonly store: VideoStore,
    private readonly config: AppConfig,
  ) {}

  async onModuleInit(): Promise<void> {
    this.identity = await this.look();
  }

  /**
   * @returns `unclaimed`: nobody's id is in it. It is new, its videos were copied without that file, or it is not the one:
   * what the rows say of it decides, then {@link claim} it.
   * @throws MaintenanceAlarm where it is another one
   */
  async check(): Promise<'ours' | 'unclaimed'> {
    const { videosDir } = this.config;
    const identity = await this.look();
    if (identity === null || identity !== this.identity) {
      throw new MaintenanceAlarm(
        'VIDEOS_DIR is not the directory it was when the service began: is its disk mounted?',
        {
          videosDir,
        },
      );
    }
    const [owner, id] = await Promise.all([this.store.readOwner(), this.id()]);
    if (owner === null) return 'unclaimed';
    if (owner === id) return 'ours';
    throw new MaintenanceAlarm(
      "VIDEOS_DIR holds the videos of another installation. If they are this one's, remove the file .installation in it.",
      { videosDir, owner, id },
    );
  }

  /** Writes into it whose it is. Of two processes that do so at once one decides the id for both. */
  async claim(): Promise<void> {
    await this.database.query('UPDATE installation SET videos_id = $1 WHERE videos_id IS NULL', [randomUUID()]);
    const id = await this.id();
    if (id !== null) await this.store.writeOwner(id);
  }

  private async id(): Promise<string | null> {
    const [row] = await this.database.query<{ videos_id: string | null }[]>('SELECT videos_id FROM installation');
    return row?.videos_id ?? null;
  }

  /** `null` where it is gone, or the name leads elsewhere by now. */
  private async look(): Promise<string | null> {
    const path = await this.disk.realPath(this.config.videosDir).catch(() => null);
    if (path !== this.store.root) return null;
    return (await this.disk.stat(path))?.identity ?? null;
  }
}
