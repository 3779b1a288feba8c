import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DataSource } from 'typeorm';
import { Api } from './api';
import { TestApp } from './test-app';

/** An hour: nothing of this age is young any more. */
const AN_HOUR_SECONDS = 3_600;

export interface ShelvedVideo {
  /** Default: 0. */
  readonly ageDays?: number;
  /** Default: 1000. */
  readonly bytes?: number;
}

/** A club with a court whose matches were recorded long ago: rows and files as recording leaves them. */
export class VideoShelf {
  private constructor(
    private readonly service: TestApp,
    readonly clubId: number,
    private readonly courtId: number,
    private readonly userId: number,
  ) {}

  static async make(service: TestApp, operator: Api, name: string): Promise<VideoShelf> {
    const club = await operator.post<{ id: number }>('/api/clubs', { name, time_zone: 'Europe/Paris' });
    return VideoShelf.of(service, operator, club.body.id);
  }

  /** In a club that is there. */
  static async of(service: TestApp, operator: Api, clubId: number): Promise<VideoShelf> {
    const court = await operator.post<{ id: number }>(`/api/clubs/${clubId}/terrains`, {
      name: 'Old court',
      camera_url: 'rtsp://127.0.0.1:1/old',
    });
    const me = await operator.get<{ id: number }>('/api/auth/me');
    return new VideoShelf(service, clubId, court.body.id, me.body.id);
  }

  /** @returns its session */
  async put({ ageDays = 0, bytes = 1_000 }: ShelvedVideo = {}): Promise<string> {
    const id = randomUUID();
    const rows = [id, this.courtId, this.clubId, this.userId];
    await this.sql(
      `INSERT INTO camera_sessions (id, court_id, club_id, user_id, status, closed_at) VALUES ($1, $2, $3, $4, 'closed', now())`,
      rows,
    );
    await this.sql(
      `INSERT INTO recordings (session_id, court_id, club_id, user_id, status, planned_end_at)
       VALUES ($1, $2, $3, $4, 'ready', now())`,
      rows,
    );
    await this.sql(
      `INSERT INTO videos (session_id, court_id, club_id, user_id, video_path, size_bytes, duration_seconds, width, height,
                           codec, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, 60, 320, 180, 'h264', now() - make_interval(secs => $7))`,
      [...rows, `${this.clubId}/${id}.mp4`, bytes, ageDays * 86_400],
    );
    this.write(`${this.clubId}/${id}.mp4`, bytes);
    return id;
  }

  /** What a further camera filmed of a match that was {@link put}. @returns its session */
  async putAngle(matchId: string, video: ShelvedVideo = {}): Promise<string> {
    const id = await this.put(video);
    await this.sql(
      `UPDATE camera_sessions SET angle_of = $2, camera_position = 1, camera_name = 'Back wall' WHERE id = $1`,
      [id, matchId],
    );
    await this.sql('UPDATE recordings SET camera_position = 1 WHERE session_id = $1', [id]);
    await this.sql('UPDATE videos SET angle_of = $2 WHERE session_id = $1', [id, matchId]);
    return id;
  }

  /** Writes a file that looks an hour old, and so does its recording's folder. */
  write(path: string, bytes = 1_000): void {
    const file = this.path(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, randomBytes(bytes));
    this.age(path);
    if (path.startsWith('.recordings/')) this.age(dirname(path));
  }

  /** Makes a file or folder an hour old. */
  age(path: string): void {
    const then = Date.now() / 1000 - AN_HOUR_SECONDS;
    utimesSync(this.path(path), then, then);
  }

  has(id: string): boolean {
    return existsSync(this.path(`${this.clubId}/${id}.mp4`));
  }

  remove(id: string): void {
    rmSync(this.path(`${this.clubId}/${id}.mp4`));
  }

  /** Absolute, of a path in VIDEOS_DIR. */
  path(path: string): string {
    return join(this.service.config.videosDir, path);
  }

  /** Those of these videos that are in the club's list. */
  async listed(ids: readonly string[]): Promise<string[]> {
    const rows = await this.sql<{ session_id: string }>(
      'SELECT session_id FROM videos WHERE session_id = ANY($1) AND deleted_at IS NULL',
      [ids],
    );
    return ids.filter((id) => rows.some((row) => row.session_id === id));
  }

  /** Those of these videos that are marked as missing. */
  async missing(ids: readonly string[]): Promise<string[]> {
    const rows = await this.sql<{ session_id: string }>(
      'SELECT session_id FROM videos WHERE session_id = ANY($1) AND missing_since IS NOT NULL',
      [ids],
    );
    return ids.filter((id) => rows.some((row) => row.session_id === id));
  }

  /** What the audit trail says of something, in order. */
  async trail(target: string): Promise<{ action: string; club_id: number | null; details: object }[]> {
    return this.sql('SELECT action, club_id, details FROM audit_log WHERE target = $1 ORDER BY id', [target]);
  }

  sql<Row = unknown>(text: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.service.app.get(DataSource).query<Row[]>(text, [...parameters]);
  }
}
