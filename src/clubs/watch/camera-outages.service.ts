import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Of one answer: a camera with a loose plug has hundreds a day. */
const MOST = 1_000;

/** A stretch in which a camera was not there. `endedAt` `null`: it goes on. */
export interface CameraOutage {
  readonly courtId: number;
  readonly beganAt: Date;
  readonly endedAt: Date | null;
  /** Why, as far as that was known when it began. */
  readonly code: string;
}

/** Outages of a club's cameras within some time. */
export interface ClubOutages {
  /** Newest first, whatever the court; at most {@link MOST}. */
  readonly outages: readonly CameraOutage[];
  /** By court, all of them, what lay before that time not counted; courts without any are not in the map. */
  readonly offlineSeconds: ReadonlyMap<number, number>;
}

/** Reads the list of outages, which `CameraStates` writes. */
@Injectable()
export class CameraOutages {
  constructor(private readonly database: DataSource) {}

  /** Of the last so many days, at the courts that the club has now. */
  async ofClub(clubId: number, days: number): Promise<ClubOutages> {
    const within = `FROM camera_outages e JOIN courts c ON c.id = e.court_id AND c.deleted_at IS NULL
      WHERE e.club_id = $1 AND (e.ended_at IS NULL OR e.ended_at > now() - $2 * interval '1 day')`;
    const [rows, sums] = await Promise.all([
      this.database.query<{ court_id: number; began_at: Date; ended_at: Date | null; code: string }[]>(
        `SELECT e.court_id, e.began_at, e.ended_at, e.code ${within} ORDER BY e.began_at DESC, e.id DESC LIMIT ${MOST}`,
        [clubId, days],
      ),
      this.database.query<{ court_id: number; seconds: number }[]>(
        `SELECT e.court_id, sum(extract(epoch FROM
                  least(coalesce(e.ended_at, now()), now()) - greatest(e.began_at, now() - $2 * interval '1 day')
                ))::float8 AS seconds ${within} GROUP BY e.court_id`,
        [clubId, days],
      ),
    ]);
    return {
      outages: rows.map(({ court_id, began_at, ended_at, code }) => {
        return { courtId: court_id, beganAt: began_at, endedAt: ended_at, code };
      }),
      offlineSeconds: new Map(sums.map(({ court_id, seconds }) => [court_id, Math.max(0, seconds)])),
    };
  }
}
