import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { AuditService } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { isAdminOf } from '../auth/tenant';
import { Clock } from '../common/clock';
import { cutPage, decodeCursor, DEFAULT_PAGE } from '../common/pagination';
import { ProblemException } from '../common/problem';
import { RecordingLog } from '../recording/recording-log.service';
import { CourtRuntime } from '../runtime/court-runtime';
import { SessionsService } from '../sessions/sessions.service';
import { ChapterBook } from './chapter-book.service';
import { ChapterWriting } from './chapter-writing.service';
import { ChangeMarkerDto, ChapterState, CreateMarkerDto, MarkerListQuery, MarkerView } from './dto/markers.dto';
import { Marker } from './entities/marker.entity';
import { MarkerNews } from './marker-news.service';
import { momentInRecording, RecordingClock } from './moment-in-recording';

/** Of a session: a match has some two hundred points. */
export const MOST_MARKERS = 500;

type Deed = 'created' | 'changed' | 'deleted';
interface MarkerRow {
  readonly id: number;
  readonly session_id: string;
  readonly kind: MarkerView['kind'];
  readonly text: string | null;
  readonly at_seconds: number;
  readonly created_at: Date;
  readonly author_id: number;
  readonly author_name: string;
}

const VIEW = `
  SELECT m.id, m.session_id, m.kind, m.text, m.at_seconds, m.created_at, m.author_id, u.name AS author_name
    FROM markers m JOIN users u ON u.id = m.author_id`;

/**
 * What people mark in a match. Whoever sees the session marks; a marker is changed by its author, the owner of the session and
 * the admins. Changes of one session's markers wait for each other ({@link ChapterBook.turn}), so that its limit holds and its
 * file's chapters know how old they are; who watches the court is told in that order ({@link MarkerNews}).
 */
@Injectable()
export class MarkersService {
  constructor(
    private readonly database: DataSource,
    private readonly sessions: SessionsService,
    private readonly recordings: RecordingLog,
    private readonly runtime: CourtRuntime,
    private readonly chapters: ChapterBook,
    private readonly writing: ChapterWriting,
    private readonly news: MarkerNews,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @throws ProblemException `not_found`, `validation_failed` (outside the recording), `not_recording`, `marker_limit` */
  async create(principal: Principal, dto: CreateMarkerDto, caller: Caller): Promise<MarkerView> {
    const { session_id: sessionId, kind, text = null } = dto;
    const { clubId } = await this.sessions.require(principal, sessionId, 'act');
    const atSeconds = momentInRecording(dto, await this.clockOf(sessionId));
    const made = await this.changing(sessionId, async (manager) => {
      const count = await manager.countBy(Marker, { sessionId });
      if (count >= MOST_MARKERS) throw new ProblemException('marker_limit');
      const marker = manager.create(Marker, { sessionId, clubId, authorId: principal.userId, kind, text, atSeconds });
      await manager.save(marker);
      await this.note('created', principal, marker, caller, manager);
      return this.view(marker.id, manager);
    });
    this.tell(made);
    return made;
  }

  /** In the order of the match. @throws ProblemException `not_found` */
  async list(
    principal: Principal,
    { session_id: sessionId, limit = DEFAULT_PAGE, cursor }: MarkerListQuery,
  ): Promise<{ markers: MarkerView[]; nextCursor: string | null; chapters: ChapterState }> {
    await this.sessions.require(principal, sessionId, 'see');
    const [at, id] = cursor === undefined ? [-1, 0] : decodeCursor(cursor, ['number', 'number']);
    const rows = await this.database.query<MarkerRow[]>(
      `${VIEW} WHERE m.session_id = $1 AND (m.at_seconds, m.id) > ($2::double precision, $3::double precision)
        ORDER BY m.at_seconds, m.id LIMIT $4`,
      [sessionId, at, id, limit + 1],
    );
    const page = cutPage(rows, limit, (row) => [row.at_seconds, row.id]);
    const chapters = await this.chapters.stateOf(sessionId);
    return { markers: page.items.map(viewOf), nextCursor: page.next_cursor, chapters };
  }

  /** @throws ProblemException `not_found`, `forbidden`, `validation_failed` (outside the recording), `not_recording` */
  async change(principal: Principal, id: number, dto: ChangeMarkerDto, caller: Caller): Promise<MarkerView> {
    const { sessionId } = await this.require(principal, id);
    const atSeconds =
      dto.at_seconds === undefined
        ? undefined
        : momentInRecording({ at_seconds: dto.at_seconds }, await this.clockOf(sessionId));
    const wanted = Object.entries({ kind: dto.kind, text: dto.text, atSeconds });
    const now = await this.changing(sessionId, async (manager) => {
      const marker = await manager.findOneBy(Marker, { id });
      if (!marker) throw new ProblemException('not_found');
      const changed = wanted.filter(([name, value]) => value !== undefined && value !== marker[name as keyof Marker]);
      if (changed.length > 0) {
        await manager.update(Marker, { id }, Object.fromEntries(changed));
        Object.assign(marker, Object.fromEntries(changed));
        await this.note('changed', principal, marker, caller, manager);
      }
      return this.view(id, manager);
    });
    this.tell(now);
    return now;
  }

  /** @throws ProblemException `not_found`, `forbidden` */
  async delete(principal: Principal, id: number, caller: Caller): Promise<void> {
    const { sessionId } = await this.require(principal, id);
    await this.changing(sessionId, async (manager) => {
      const marker = await manager.findOneBy(Marker, { id });
      if (!marker) throw new ProblemException('not_found');
      await manager.delete(Marker, { id });
      await this.note('deleted', principal, marker, caller, manager);
    });
    this.news.tell({ sessionId, markerId: id, marker: null });
  }

  /** A marker that the principal may change. @throws ProblemException `not_found`, `forbidden` */
  private async require(principal: Principal, id: number): Promise<Marker> {
    const marker = await this.database.getRepository(Marker).findOneBy({ id });
    if (!marker) throw new ProblemException('not_found');
    const session = await this.sessions.require(principal, marker.sessionId, 'see');
    const own = [marker.authorId, session.userId].includes(principal.userId);
    if (!own && !isAdminOf(principal, session.clubId)) {
      throw new ProblemException(
        'forbidden',
        'Only its author, the owner of the session and the admins of the club may do this.',
      );
    }
    return marker;
  }

  private async changing<T>(sessionId: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const result = await this.database.transaction(async (manager) => {
      await this.chapters.turn(sessionId, manager);
      return work(manager);
    });
    this.writing.changed(sessionId);
    return result;
  }

  /** @throws ProblemException `not_recording` where there is no film, or none any more */
  private async clockOf(sessionId: string): Promise<RecordingClock> {
    const recording = await this.recordings.viewOf(sessionId);
    if (!recording?.started_at || recording.status === 'failed') throw new ProblemException('not_recording');
    const { active, duration_seconds: known, started_at: startedAt, stopped_at: stoppedAt } = recording;
    const since = (moment: string): number => Math.max(0, (this.clock.now() - Date.parse(moment)) / 1000);
    if (active) {
      // The row of a recording that another process writes is as old as its last change.
      const durationSeconds = this.runtime.recording(sessionId) ? known : Math.max(known, since(startedAt));
      return { durationSeconds, nowSeconds: durationSeconds };
    }
    return { durationSeconds: known, nowSeconds: known + (stoppedAt === null ? 0 : since(stoppedAt)) };
  }

  private tell(marker: MarkerView): void {
    this.news.tell({ sessionId: marker.session_id, markerId: marker.id, marker });
  }

  /** Within the change: what is told of it is what it made, whatever comes behind it. */
  private async view(id: number, manager: EntityManager): Promise<MarkerView> {
    const [row] = await manager.query<MarkerRow[]>(`${VIEW} WHERE m.id = $1`, [id]);
    if (!row) throw new ProblemException('not_found');
    return viewOf(row);
  }

  private note(
    deed: Deed,
    principal: Principal,
    { id, sessionId: target, clubId, kind, atSeconds }: Marker,
    { ip }: Caller,
    manager: EntityManager,
  ): Promise<void> {
    // Not what it says: the trail is kept for ever.
    const details = { marker_id: id, kind, at_seconds: atSeconds };
    return this.audit.record(
      { action: `marker.${deed}`, actorId: principal.userId, clubId, target, ip, details },
      manager,
    );
  }
}

function viewOf(row: MarkerRow): MarkerView {
  return {
    id: row.id,
    session_id: row.session_id,
    kind: row.kind,
    text: row.text,
    at_seconds: row.at_seconds,
    author: { id: row.author_id, name: row.author_name },
    created_at: row.created_at.toISOString(),
  };
}
