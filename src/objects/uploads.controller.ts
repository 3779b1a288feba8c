import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { AuditService, authorOf } from '../auth/audit.service';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { requireClub } from '../auth/tenant';
import { ApiProblems } from '../common/api-problems';
import { ParseSessionIdPipe } from '../common/ids';
import { ProblemException } from '../common/problem';
import { DoneAnswer } from '../files/dto/files.dto';
import { VideoFiles } from '../files/video-files.service';
import { SessionsService } from '../sessions/sessions.service';
import { ClubStores } from './club-stores.service';
import { ObjectBook } from './object-book.service';
import { VideoUploads } from './video-uploads.service';

@ApiTags('files')
@ApiBearerAuth()
@Controller('api/video/files')
export class UploadsController {
  constructor(
    private readonly database: DataSource,
    private readonly sessions: SessionsService,
    private readonly files: VideoFiles,
    private readonly stores: ClubStores,
    private readonly book: ObjectBook,
    private readonly uploads: VideoUploads,
    private readonly audit: AuditService,
  ) {}

  @Post(':id/upload')
  @HttpCode(202)
  @ApiOperation({
    summary: "Has a video's upload tried again",
    description:
      "SUPER_ADMIN and the admins of its club. Nothing happens where it has not failed: it is made by itself. `storage_off`: the club's storage takes nothing.",
  })
  @ApiAcceptedResponse({ type: DoneAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'storage_off')
  async retry(
    @CurrentUser() user: Principal,
    @Param('id', ParseSessionIdPipe) sessionId: string,
    @FromCaller() caller: Caller,
  ): Promise<DoneAnswer> {
    await this.sessions.require(user, sessionId, 'see');
    const { clubId } = await this.files.find(sessionId);
    requireClub(user, clubId, 'admin');
    if (!(await this.stores.row(clubId))?.enabled) throw new ProblemException('storage_off');
    await this.database.transaction(async (manager) => {
      if (!(await this.book.retried(manager, sessionId))) return;
      await this.uploads.enqueue(clubId, sessionId, manager);
      const entry = { action: 'video.upload_retried', clubId, target: sessionId } as const;
      await this.audit.record({ ...entry, ...authorOf(user, caller) }, manager);
    });
    return { success: true };
  }
}
