import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService, authorOf } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { requireClub } from '../auth/tenant';
import { ClubsService } from '../clubs/clubs.service';
import { ProblemException } from '../common/problem';
import { VideoFiles } from '../files/video-files.service';
import { DEFAULT_CRF } from '../media/compress-args';
import { Toolchain } from '../media/toolchain';
import { SessionsService } from '../sessions/sessions.service';
import { CompressionLog } from './compression-log.service';
import { CompressionMaking } from './compression-making.service';
import { CompressionStore } from './compression-store.service';
import { CompressDto, CompressionView } from './dto/compression.dto';

/** Compression as people ask for it. */
@Injectable()
export class CompressionService {
  constructor(
    private readonly database: DataSource,
    private readonly sessions: SessionsService,
    private readonly videos: VideoFiles,
    private readonly clubs: ClubsService,
    private readonly toolchain: Toolchain,
    private readonly rows: CompressionStore,
    private readonly log: CompressionLog,
    private readonly making: CompressionMaking,
    private readonly audit: AuditService,
  ) {}

  /**
   * Where it waits or runs already, nothing happens.
   * @throws ProblemException `not_found`, `forbidden`, `codec_unavailable`, `already_compressed`
   */
  async ask(principal: Principal, sessionId: string, dto: CompressDto, caller: Caller): Promise<CompressionView> {
    await this.sessions.require(principal, sessionId, 'see');
    const { clubId, missingSince } = await this.videos.find(sessionId);
    requireClub(principal, clubId, 'admin');
    if (missingSince !== null) throw new ProblemException('not_found');
    const club = await this.clubs.require(principal, clubId, 'admin');
    const codec = dto.codec ?? (club.compression === 'off' ? 'h264' : club.compression);
    const own = codec === club.compression ? club.compressionCrf : null;
    const wanted = { sessionId, clubId, codec, crf: dto.crf ?? own ?? DEFAULT_CRF[codec] };
    if (!(await this.toolchain.canCode(codec))) {
      throw new ProblemException('codec_unavailable', `The FFmpeg of this service cannot code ${codec}.`);
    }
    await this.database.transaction(async (manager) => {
      if (!(await this.rows.ask(wanted, manager))) return;
      await this.making.enqueue({ sessionId, clubId }, manager);
      const deed = { action: 'video.compression_asked', ...authorOf(principal, caller) } as const;
      await this.audit.record({ ...deed, clubId, target: sessionId, details: { codec, crf: wanted.crf } }, manager);
    });
    const view = (await this.log.of([sessionId]))(sessionId);
    if (view.state === 'done') throw new ProblemException('already_compressed');
    return view;
  }
}
