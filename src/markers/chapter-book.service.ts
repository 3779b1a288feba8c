import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { ProblemException } from '../common/problem';
import { ChapterState } from './dto/markers.dto';

/** How far each session's file has heard of its markers. */
@Injectable()
export class ChapterBook {
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
      'SELECT written < revision AS waiting, unsupported FROM marker_chapters WHERE session_id = $1',
      [sessionId],
    );
    if (row?.unsupported) return 'unsupported';
    return row?.waiting ? 'waiting' : 'written';
  }

  /** The markers of a session are others now. */
  changed(_sessionId: string): void {}
}
