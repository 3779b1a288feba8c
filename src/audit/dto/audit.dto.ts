import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsInt, IsString, Length, Matches, Max, Min } from 'class-validator';
import { IfPresent } from '../../common/if-present.decorator';
import { MAX_ID, ToInteger } from '../../common/ids';
import { IsMoment } from '../../common/moment';
import { PageQuery } from '../../common/pagination';

/** Which lines of the audit trail are wanted; all that is given must hold. */
export class AuditFilter {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    description: 'Default: the active club; SUPER_ADMIN: all, those of no club too.',
    example: 1,
  })
  @IfPresent()
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  club_id?: number;

  @ApiPropertyOptional({
    description: 'An action, `recording.started`, or all that begin alike where it ends in a dot: `recording.`',
    maxLength: 64,
    example: 'recording.',
  })
  @IfPresent()
  @IsString()
  @Length(1, 64)
  @Matches(/^[a-z_]+\.[a-z_]*$/, { message: 'must be an action, such as recording.started, or a prefix: recording.' })
  action?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, description: 'Who did it.', example: 12 })
  @IfPresent()
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  actor_id?: number;

  @ApiPropertyOptional({
    description: 'What it was done to: `user:12`, `court:3`, `club:1`, or the id of a session.',
    maxLength: 256,
    example: 'court:3',
  })
  @IfPresent()
  @IsString()
  @Length(1, 256)
  target?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Not before this moment.', example: '2026-05-01T00:00:00Z' })
  @IfPresent()
  @IsMoment()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Before this moment.', example: '2026-06-01T00:00:00Z' })
  @IfPresent()
  @IsMoment()
  to?: string;
}

export class AuditListQuery extends IntersectionType(AuditFilter, PageQuery) {}

/** Somebody who did something, as they are called today. */
export class AuditActorView {
  @ApiProperty({ example: 12 })
  id: number;

  @ApiProperty({ example: 'Front desk' })
  name: string;

  @ApiProperty({ example: 'desk@club.example' })
  email: string;
}

/** One line of the audit trail. */
export class AuditEntryView {
  @ApiProperty({ example: 4711 })
  id: number;

  @ApiProperty({ format: 'date-time', example: '2026-05-01T18:04:05.678Z' })
  at: string;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 12,
    description: '`null`: nobody known, or the service itself.',
  })
  actor_id: number | null;

  @ApiProperty({ type: AuditActorView, nullable: true })
  actor: AuditActorView | null;

  @ApiProperty({ type: Number, nullable: true, example: 1 })
  club_id: number | null;

  @ApiProperty({ example: 'recording.started' })
  action: string;

  @ApiProperty({ type: String, nullable: true, example: '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55' })
  target: string | null;

  @ApiProperty({ type: String, nullable: true, example: '192.168.1.30' })
  ip: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { duration_minutes: 90 } })
  details: Readonly<Record<string, unknown>>;
}

export class AuditListAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [AuditEntryView], description: 'Newest first.' })
  entries: AuditEntryView[];

  @ApiProperty({ example: 50 })
  count: number;

  @ApiProperty({ required: false, description: 'Hand it back as `cursor` for the next page; missing on the last one.' })
  next_cursor?: string;
}
