import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable, Logger } from '@nestjs/common';
import { stringify } from 'csv-stringify';
import type { Response } from 'express';
import { AuditService } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { PrincipalsService } from '../auth/principals.service';
import { Clock } from '../common/clock';
import { AuditTrail, TrailLine, TrailScope } from './audit-trail.service';
import { harmlessCell } from './csv-cell';
import { AuditEntryView, AuditFilter } from './dto/audit.dto';

/** Lines in memory at a time. */
const BATCH = 500;

const COLUMNS = [
  'id',
  'at',
  'actor_id',
  'actor_name',
  'actor_email',
  'club_id',
  'action',
  'target',
  'ip',
  'details',
] as const;

/** Writes the audit trail as a CSV file (RFC 4180), however long it is. */
@Injectable()
export class AuditExport {
  private readonly logger = new Logger(AuditExport.name);

  constructor(
    private readonly trail: AuditTrail,
    private readonly audit: AuditService,
    private readonly principals: PrincipalsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Answers with the file, as fast as the reader takes it; one who leaves ends it. The export has its own line in the
   * trail before its first byte leaves. Settles when the answer is over.
   * @throws ProblemException `forbidden`, `not_found`
   */
  async send(principal: Principal, filter: AuditFilter, caller: Caller, response: Response): Promise<void> {
    const scope = this.trail.scope(principal, filter);
    // Read before the export's own line is written: the file holds what was there when it was asked for.
    const first = await this.trail.read(scope, null, BATCH);
    await this.audit.record({
      action: 'audit.exported',
      actorId: principal.userId,
      clubId: scope.clubId,
      ip: caller.ip,
      details: { ...filter },
    });
    const day = new Date(this.clock.now()).toISOString().slice(0, 10);
    const club = scope.clubId === null ? '' : `-club-${scope.clubId}`;
    response.setHeader('Content-Type', 'text/csv; charset=utf-8');
    response.setHeader('Content-Disposition', `attachment; filename="padelvar-audit${club}-${day}.csv"`);
    response.setHeader('Cache-Control', 'no-store');
    // The mark at its beginning lets spreadsheets read it as UTF-8; all is quoted, so that no cell is taken for a number.
    const csv = stringify({ header: true, columns: [...COLUMNS], bom: true, quoted: true, record_delimiter: '\r\n' });
    await pipeline(Readable.from(this.lines(principal, scope, first)), csv, response).catch((error: unknown) => {
      // The answer is cut off, so that nobody takes a part for the whole; a reader who left needs no word in the log.
      if ((error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return;
      this.logger.warn({ err: error }, 'An export of the audit trail was cut off.');
    });
  }

  /** Batch after batch. Somebody who may no more read on gets no further batch: the answer breaks off. */
  private async *lines(principal: Principal, scope: TrailScope, first: readonly TrailLine[]): AsyncGenerator<string[]> {
    let batch = first;
    for (;;) {
      for (const { entry } of batch) yield lineOf(entry);
      const last = batch[batch.length - 1];
      if (last === undefined || batch.length < BATCH) return;
      const now = await this.principals.refreshed(principal);
      if (now?.role !== principal.role) throw new Error('Whoever exports the audit trail may read it no more');
      batch = await this.trail.read(scope, last.place, BATCH);
    }
  }
}

function lineOf(entry: AuditEntryView): string[] {
  const { id, at, actor_id, actor, club_id, action, target, ip, details } = entry;
  const facts = JSON.stringify(details);
  const cells = [id, at, actor_id, actor?.name, actor?.email, club_id, action, target, ip, facts === '{}' ? '' : facts];
  return cells.map((cell) => harmlessCell(String(cell ?? '')));
}
