import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { AuditService } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { isAdminOf } from '../auth/tenant';
import { Clock } from '../common/clock';
import { faultPoint } from '../common/fault-point';
import { cutPage, decodeCursor, DEFAULT_PAGE } from '../common/pagination';
import { ProblemException } from '../common/problem';
import { etagOf } from '../files/send-file';
import { DownloadableVideo } from '../files/video-files.service';
import { RecordingLog } from '../recording/recording-log.service';
import { RecordingView } from '../recording/recording-view';
import { CourtRuntime } from '../runtime/court-runtime';
import { SessionsService } from '../sessions/sessions.service';
import { HighlightShelf } from '../storage/highlight-shelf';
import { CreateHighlightDto, HighlightCut, HighlightListQuery, HighlightView } from './dto/highlights.dto';
import { HighlightMaking } from './highlight-making.service';
import { HighlightRow, HighlightStore, viewOf } from './highlight-store.service';
import { HighlightUpkeep } from './highlight-upkeep.service';
import { AskedHighlight, HighlightWindow, highlightWindow } from './highlight-window';

/** Of a session. */
export const MOST_HIGHLIGHTS = 200;
/** All of them together, in seconds: they are copies, and count in the club's quota. */
export const MOST_SECONDS = 3_600;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Who asks for a highlight of which match. */
export interface HighlightWish {
  readonly sessionId: string;
  readonly clubId: number;
  /** `null`: the button at the court. */
  readonly authorId: number | null;
  readonly ip: string | null;
  readonly asked: AskedHighlight;
  readonly text: string | null;
  readonly cut: HighlightCut;
}

type Deed = 'created' | 'changed' | 'deleted';

/**
 * Stretches of matches that people keep. Whoever sees the session makes them; one is changed and deleted by who made it, the
 * owner of the session and the admins. Askings of one session wait for each other, so that its limit holds and a second press
 * finds the first one.
 */
@Injectable()
export class HighlightsService {
  constructor(
    private readonly database: DataSource,
    private readonly sessions: SessionsService,
    private readonly recordings: RecordingLog,
    private readonly runtime: CourtRuntime,
    private readonly store: HighlightStore,
    private readonly making: HighlightMaking,
    private readonly upkeep: HighlightUpkeep,
    private readonly shelf: HighlightShelf,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @throws ProblemException `not_found`, `validation_failed`, `not_recording`, `highlight_limit`, `disk_full` */
  async create(principal: Principal, dto: CreateHighlightDto, caller: Caller): Promise<HighlightView> {
    const { session_id: sessionId, text = null, cut = 'keyframes', ...asked } = dto;
    const { clubId } = await this.sessions.require(principal, sessionId, 'act');
    return this.ask({ sessionId, clubId, authorId: principal.userId, ip: caller.ip, asked, text, cut });
  }

  /** For whom it is known that they may. @throws ProblemException as {@link create}, but `not_found` */
  async ask(wish: HighlightWish): Promise<HighlightView> {
    const { sessionId, clubId, authorId } = wish;
    const recording = await this.recordings.viewOf(sessionId);
    const window = highlightWindow(wish.asked, this.durationOf(sessionId, recording), await this.usualSeconds(clubId));
    await this.making.requireRoom(0);
    faultPoint('highlight.insert');
    const row = await this.database.transaction(async (manager) => {
      await this.turn(sessionId, manager);
      const before = window.pressed ? await this.store.pressedLately(sessionId, authorId, manager) : null;
      return before ?? this.insert(wish, window, manager);
    });
    faultPoint('highlight.inserted');
    return viewOf(row, recording?.gaps ?? []);
  }

  /** In the order of the match. @throws ProblemException `not_found` */
  async list(
    principal: Principal,
    { session_id: sessionId, limit = DEFAULT_PAGE, cursor }: HighlightListQuery,
  ): Promise<{ highlights: HighlightView[]; nextCursor: string | null }> {
    await this.sessions.require(principal, sessionId, 'see');
    const [at, id] = cursor === undefined ? [-1, FIRST_ID] : placeIn(cursor);
    const rows = await this.store.list(sessionId, [at, id], limit + 1);
    const page = cutPage(rows, limit, (row) => [row.start_seconds, row.id]);
    const gaps = await this.gapsOf(sessionId);
    return { highlights: page.items.map((row) => viewOf(row, gaps)), nextCursor: page.next_cursor };
  }

  /** @throws ProblemException `not_found` */
  async one(principal: Principal, id: string): Promise<HighlightView> {
    const row = await this.require(principal, id);
    return viewOf(row, await this.gapsOf(row.session_id));
  }

  /** @throws ProblemException `not_found`, `forbidden` */
  async change(principal: Principal, id: string, text: string | null, { ip }: Caller): Promise<HighlightView> {
    const row = await this.requireOwn(principal, id);
    if (row.text !== text) {
      await this.database.transaction(async (manager) => {
        const [, changed]: [unknown, number] = await manager.query(
          'UPDATE highlights SET text = $2 WHERE id = $1 AND deleted_at IS NULL',
          [id, text],
        );
        if (changed === 0) throw new ProblemException('not_found');
        await this.note('changed', row, principal.userId, ip, manager);
      });
    }
    return this.one(principal, id);
  }

  /** @throws ProblemException `not_found`, `forbidden` */
  async delete(principal: Principal, id: string, { ip }: Caller): Promise<void> {
    const row = await this.requireOwn(principal, id);
    await this.database.transaction(async (manager) => {
      const [, marked]: [unknown, number] = await manager.query(
        'UPDATE highlights SET deleted_at = now() WHERE id = $1 AND deleted_at IS NULL',
        [id],
      );
      if (marked === 0) throw new ProblemException('not_found');
      await this.note('deleted', row, principal.userId, ip, manager);
    });
    faultPoint('highlight.marked');
    await this.upkeep.takeGone(row.session_id);
  }

  /** One that is made. @throws ProblemException `not_found`, `highlight_not_ready` */
  async ready(principal: Principal, id: string): Promise<HighlightRow> {
    const row = await this.require(principal, id);
    if (row.status !== 'ready') throw new ProblemException('highlight_not_ready');
    return row;
  }

  /** Its film, let in. @throws ProblemException `not_found`, `highlight_not_ready` */
  async download(principal: Principal, id: string): Promise<DownloadableVideo> {
    const row = await this.ready(principal, id);
    const opened = await this.shelf.open({ id, clubId: row.club_id });
    if (!opened) throw new ProblemException('not_found');
    await opened.file.close();
    const { path, entry } = opened;
    const etag = etagOf(entry);
    const filename = `highlight-${id}.mp4`;
    return { sessionId: row.session_id, clubId: row.club_id, path, filename, bytes: entry.bytes, etag };
  }

  private async insert(wish: HighlightWish, window: HighlightWindow, manager: EntityManager): Promise<HighlightRow> {
    const { sessionId, clubId, authorId, text, cut, ip } = wish;
    const [there] = await manager.query<{ count: number; seconds: number }[]>(
      `SELECT count(*)::integer AS count, coalesce(sum(end_seconds - start_seconds), 0)::float8 AS seconds
         FROM highlights WHERE session_id = $1 AND deleted_at IS NULL`,
      [sessionId],
    );
    const { count, seconds } = there ?? { count: 0, seconds: 0 };
    const tooMuch = seconds + window.end - window.start > MOST_SECONDS;
    if (count >= MOST_HIGHLIGHTS || tooMuch) throw new ProblemException('highlight_limit');
    const id = randomUUID();
    await manager.query(
      `INSERT INTO highlights (id, session_id, club_id, author_id, pressed, cut, text, start_seconds, end_seconds)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [id, sessionId, clubId, authorId, window.pressed, cut, text, window.start, window.end],
    );
    await this.making.ask({ id, clubId }, manager);
    const row = (await this.store.find(id, manager)) as HighlightRow;
    await this.note('created', row, authorId, ip, manager);
    return row;
  }

  /** Against its match's deletion, which takes highlights along; and one asking of a session after the other. */
  private async turn(sessionId: string, manager: EntityManager): Promise<void> {
    const [video] = await manager.query<{ deleted: boolean }[]>(
      'SELECT deleted_at IS NOT NULL AS deleted FROM videos WHERE session_id = $1 FOR SHARE',
      [sessionId],
    );
    if (video?.deleted) throw new ProblemException('not_recording', 'The video of this session was deleted.');
    await manager.query("SELECT pg_advisory_xact_lock(hashtextextended('highlights ' || $1, 0))", [sessionId]);
  }

  private async require(principal: Principal, id: string): Promise<HighlightRow> {
    const row = await this.store.find(id);
    if (!row) throw new ProblemException('not_found');
    await this.sessions.require(principal, row.session_id, 'see');
    return row;
  }

  private async requireOwn(principal: Principal, id: string): Promise<HighlightRow> {
    const row = await this.store.find(id);
    if (!row) throw new ProblemException('not_found');
    const session = await this.sessions.require(principal, row.session_id, 'see');
    const own = [row.author_id, session.userId].includes(principal.userId);
    if (own || isAdminOf(principal, session.clubId)) return row;
    throw new ProblemException(
      'forbidden',
      'Only who made it, the owner of the session and the admins of the club may do this.',
    );
  }

  /** @throws ProblemException `not_recording` where there is no film, or none any more */
  private durationOf(sessionId: string, recording: RecordingView | null): number {
    if (!recording?.started_at || recording.status === 'failed') throw new ProblemException('not_recording');
    const known = this.runtime.recording(sessionId)?.durationSeconds ?? recording.duration_seconds;
    if (!recording.active || this.runtime.recording(sessionId)) return known;
    // The row of a recording that another process writes is as old as its last change.
    return Math.max(known, (this.clock.now() - Date.parse(recording.started_at)) / 1000);
  }

  private async usualSeconds(clubId: number): Promise<number> {
    const [row] = await this.database.query<{ seconds: number }[]>(
      'SELECT highlight_seconds AS seconds FROM clubs WHERE id = $1',
      [clubId],
    );
    return row?.seconds ?? 30;
  }

  private async gapsOf(sessionId: string): Promise<RecordingView['gaps']> {
    return (await this.recordings.viewOf(sessionId))?.gaps ?? [];
  }

  private note(deed: Deed, row: HighlightRow, actorId: number | null, ip: string | null, manager: EntityManager) {
    // Not what it says: the trail is kept for ever.
    const { id, session_id: target, club_id: clubId, start_seconds, end_seconds } = row;
    const details = { highlight_id: id, start_seconds, end_seconds };
    return this.audit.record({ action: `highlight.${deed}`, actorId, clubId, target, ip, details }, manager);
  }
}

function placeIn(cursor: string): readonly [number, string] {
  const [at, id] = decodeCursor(cursor, ['number', 'string']) as [number, string];
  if (UUID.test(id)) return [at, id];
  throw new ProblemException('validation_failed', 'The cursor is not one this list gave out.');
}
