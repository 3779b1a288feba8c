import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { cutIdPage, idPage } from '../clubs/id-pages';
import { PageQuery } from '../common/pagination';
import { standsForMatch } from '../files/match-videos';
import { ClubOverviewView, ClubsOverviewAnswer } from './dto/clubs-overview.dto';

type Row = Omit<ClubOverviewView, 'club_id'> & { readonly id: number };

/** All clubs at a glance. */
@Injectable()
export class ClubsOverview {
  constructor(private readonly database: DataSource) {}

  /** In the order of their ids, as clubs are listed. */
  async list(query: PageQuery): Promise<ClubsOverviewAnswer> {
    const { after, limit, take } = idPage(query);
    const rows = await this.database.query<Row[]>(
      `SELECT o.id, o.name, c.courts, c.cameras_offline,
              (SELECT count(*)::integer FROM camera_sessions s
                WHERE s.club_id = o.id AND s.angle_of IS NULL
                  AND s.status IN ('connecting', 'live', 'reconnecting')) AS open_sessions,
              (SELECT count(*)::integer FROM recordings r
                WHERE r.club_id = o.id AND r.camera_position = 0
                  AND r.status IN ('starting', 'recording', 'reconnecting')) AS recordings,
              v.videos, v.bytes
         FROM clubs o
        CROSS JOIN LATERAL (
              SELECT count(*)::integer AS courts, (count(*) FILTER (WHERE t.online = false))::integer AS cameras_offline
                FROM courts c LEFT JOIN camera_states t ON t.court_id = c.id
               WHERE c.club_id = o.id AND c.deleted_at IS NULL) c
        CROSS JOIN LATERAL (
              SELECT (count(*) FILTER (WHERE ${standsForMatch('videos')}))::integer AS videos, coalesce(sum(size_bytes), 0)::float8 AS bytes
                FROM videos WHERE club_id = o.id AND deleted_at IS NULL) v
        WHERE o.deleted_at IS NULL AND o.id > $1
        ORDER BY o.id LIMIT $2`,
      [after, take],
    );
    const { items, next } = cutIdPage(rows, limit);
    const clubs = items.map(({ id, ...figures }) => ({ club_id: id, ...figures }));
    return { success: true, clubs, count: clubs.length, ...next };
  }
}
