import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PersonView } from '../auth/person-view';

/** How a match's court and people are called today, for whoever may see the match. */
export interface MatchNames {
  readonly terrainName: string;
  /** As the camera was called then; `null`: it had no name. */
  readonly cameraName: string | null;
  readonly owner: PersonView;
  /** Besides the owner, by id. */
  readonly players: readonly PersonView[];
}

interface Row {
  readonly id: string;
  readonly terrain_name: string;
  readonly camera_name: string | null;
  readonly owner: PersonView;
  readonly players: PersonView[];
}

/** Names for the lists of sessions and videos. */
@Injectable()
export class MatchNamesService {
  constructor(private readonly database: DataSource) {}

  /**
   * One query for a whole page. A deleted court keeps its name, a deleted person theirs, an erased one is `Erased`.
   * @returns by session; ids that are none are not in the map
   */
  async of(sessionIds: readonly string[]): Promise<Map<string, MatchNames>> {
    if (sessionIds.length === 0) return new Map();
    const rows = await this.database.query<Row[]>(
      `SELECT s.id, c.name AS terrain_name, s.camera_name, json_build_object('id', o.id, 'name', o.name) AS owner,
              coalesce((
                SELECT json_agg(json_build_object('id', u.id, 'name', u.name) ORDER BY u.id)
                FROM session_players p JOIN users u ON u.id = p.user_id WHERE p.session_id = coalesce(s.angle_of, s.id)
              ), '[]') AS players
         FROM camera_sessions s JOIN courts c ON c.id = s.court_id JOIN users o ON o.id = s.user_id
        WHERE s.id = ANY($1::uuid[])`,
      [sessionIds],
    );
    return new Map(
      rows.map(({ id, terrain_name: terrainName, camera_name: cameraName, owner, players }) => [
        id,
        { terrainName, cameraName, owner, players },
      ]),
    );
  }
}
