import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { ProblemException } from '../common/problem';
import { ChapterOutcome } from '../recording/engine/chapter-writer';
import { isElsewhere, isGone, isOwn, ownIdentity, ProcessIdentity } from '../runtime/process-identity';
import { ChapterState } from './dto/markers.dto';
import { MarkerKind } from './marker-kinds';

/** Found at once; the next look finds the others. */
const MOST_FOUND = 100;
/** Longer than any writing takes, whose two or three syncs are given up after 30 s each. */
const ELSEWHERE_MINUTES = 10;

/** Markers that a file has not heard of. */
export interface WaitingChapters {
  readonly sessionId: string;
  readonly clubId: number;
  /** Of which these are the markers. */
  readonly revision: number;
  /** In the order of the match. */
  readonly markers: readonly { kind: MarkerKind; text: string | null; at_seconds: number }[];
}

const WAITING = `
  FROM marker_chapters c JOIN videos v ON v.session_id = c.session_id
 WHERE c.written < c.revision AND NOT c.unsupported AND v.deleted_at IS NULL AND v.missing_since IS NULL`;

/** How far each session's file has heard of its markers. */
@Injectable()
export class ChapterBook {
  private readonly identity: ProcessIdentity = ownIdentity();

  constructor(private readonly database: DataSource) {}

  /**
   * Waits for the turn of who changes a session's markers, which lasts until the transaction ends, and counts the change.
   * @throws ProblemException `not_recording` where the video has been deleted
   */
  async turn(sessionId: string, manager: EntityManager): Promise<void> {
    // Against its deletion, which takes the markers along. In the order of that: the video, then its chapters.
    const [video] = await manager.query<{ deleted: boolean }[]>(
      'SELECT deleted_at IS NOT NULL AS deleted FROM videos WHERE session_id = $1 FOR SHARE',
      [sessionId],
    );
    if (video?.deleted) throw new ProblemException('not_recording', 'The video of this session was deleted.');
    await manager.query(
      `INSERT INTO marker_chapters (session_id, revision) VALUES ($1, 1)
       ON CONFLICT (session_id) DO UPDATE SET revision = marker_chapters.revision + 1`,
      [sessionId],
    );
  }

  /** How the chapters of a session's file stand to its markers. Where nobody ever marked anything, they are as they should be. */
  async stateOf(sessionId: string): Promise<ChapterState> {
    const [row] = await this.database.query<{ waiting: boolean; unsupported: boolean }[]>(
      'SELECT written < revision AS waiting, unsupported OR (no_room AND written >= revision) AS unsupported FROM marker_chapters WHERE session_id = $1',
      [sessionId],
    );
    if (row?.unsupported) return 'unsupported';
    return row?.waiting ? 'waiting' : 'written';
  }

  /** Sessions whose files are there and have not heard of all markers. */
  async waiting(): Promise<string[]> {
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT c.session_id AS id ${WAITING} LIMIT ${MOST_FOUND}`,
    );
    return rows.map(({ id }) => id);
  }

  /** What the session's file has not heard of, of one moment; `null`: it has, or there is none. */
  async next(sessionId: string): Promise<WaitingChapters | null> {
    const [row] = await this.database.query<WaitingChapters[]>(
      `SELECT c.session_id AS "sessionId", v.club_id AS "clubId", c.revision,
              coalesce((SELECT json_agg(json_build_object('kind', m.kind, 'text', m.text, 'at_seconds', m.at_seconds)
                                        ORDER BY m.at_seconds, m.id)
                          FROM markers m WHERE m.session_id = c.session_id), '[]') AS markers
       ${WAITING} AND c.session_id = $1`,
      [sessionId],
    );
    return row ?? null;
  }

  /**
   * Takes a session's file for this process, until {@link release}. A row, not a lock of the database's: that ends with its
   * connection, while the process goes on writing. Whether another process of this machine lives tells the kernel.
   * @returns false where another process has it, or took it in this moment
   */
  async claim(sessionId: string): Promise<boolean> {
    const [row] = await this.database.query<{ writer: ProcessIdentity | null; lapsed: boolean }[]>(
      'SELECT writer, coalesce(writer_until < now(), true) AS lapsed FROM marker_chapters WHERE session_id = $1',
      [sessionId],
    );
    if (!row) return false;
    const { writer, lapsed } = row;
    if (writer && !isOwn(writer) && !isGone(writer) && !(isElsewhere(writer) && lapsed)) return false;
    const [, taken]: [unknown, number] = await this.database.query(
      `UPDATE marker_chapters SET writer = $2::jsonb, writer_until = now() + interval '${ELSEWHERE_MINUTES} minutes'
        WHERE session_id = $1 AND writer IS NOT DISTINCT FROM $3::jsonb`,
      [sessionId, JSON.stringify(this.identity), writer && JSON.stringify(writer)],
    );
    return taken > 0;
  }

  /** This process writes the session's file no more. */
  async release(sessionId: string): Promise<void> {
    await this.database.query(
      'UPDATE marker_chapters SET writer = NULL, writer_until = NULL WHERE session_id = $1 AND writer = $2::jsonb',
      [sessionId, JSON.stringify(this.identity)],
    );
  }

  /** The file has heard of the markers of that revision, or never will of these, or of any. */
  async written(sessionId: string, revision: number, outcome: ChapterOutcome): Promise<void> {
    await this.database.query(
      `UPDATE marker_chapters
          SET written = CASE WHEN $3 THEN written ELSE greatest(written, $2) END, unsupported = $3, no_room = $4
        WHERE session_id = $1`,
      [sessionId, revision, outcome === 'unsupported', outcome === 'no_room'],
    );
  }
}
