import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, Max, Min } from 'class-validator';
import { COMPRESSION_CODECS, DEFAULT_CRF, LEAST_CRF, MOST_CRF } from '../../media/compress-args';
import { Club, ClubCompression } from '../entities/club.entity';
import { IsIanaTimeZone, IsName, IsNetworks, IsNote, MayBeLeftOut, MayBeNull } from './fields';

/** A hundred years: as in `RETENTION_DAYS`. */
const MOST_DAYS = 36_500;
const COMPRESSIONS = ['off', ...COMPRESSION_CODECS] as const;
/** A week. */
const MOST_COMPRESSION_MINUTES = 10_080;

export class CreateClubDto {
  @ApiProperty({ example: 'Padel Club du Lac', maxLength: 120 })
  @IsName()
  name: string;

  @ApiPropertyOptional({ example: 'Europe/Paris', default: 'UTC', description: 'IANA name' })
  @MayBeLeftOut()
  @IsIanaTimeZone()
  time_zone?: string;
}

export class UpdateClubDto {
  @ApiPropertyOptional({ example: 'Padel Club du Lac', maxLength: 120 })
  @MayBeLeftOut()
  @IsName()
  name?: string;

  @ApiPropertyOptional({ example: 'Europe/Paris' })
  @MayBeLeftOut()
  @IsIanaTimeZone()
  time_zone?: string;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    minimum: 1,
    maximum: 1000,
    example: 8,
    description: 'Sessions open at once; `null`: as many as the service takes. SUPER_ADMIN only.',
  })
  @MayBeNull()
  @IsInt()
  @Min(1)
  @Max(1000)
  max_sessions?: number | null;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: MOST_DAYS,
    example: 30,
    description:
      "Videos older than this are deleted; `null`: the service's `RETENTION_DAYS`. A CLUB_ADMIN sets at most that.",
  })
  @MayBeNull()
  @IsInt()
  @Min(1)
  @Max(MOST_DAYS)
  retention_days?: number | null;

  @ApiPropertyOptional({
    type: 'integer',
    format: 'int64',
    nullable: true,
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    example: 500_000_000_000,
    description: "SUPER_ADMIN. Beyond it the oldest videos are deleted; `null`: no limit but the disk's.",
  })
  @MayBeNull()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  quota_bytes?: number | null;

  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    example: ['10.20.0.0/16'],
    description:
      "SUPER_ADMIN. Where the club's cameras must lie, at saving and at each dialling; `null`: no matter where.",
  })
  @MayBeNull()
  @IsNetworks()
  camera_networks?: string[] | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: 2000,
    example: 'Matches are filmed when you start a recording. Videos are kept for 30 days.',
    description: 'Shown before a recording is started; `null`: nothing.',
  })
  @MayBeNull()
  @IsNote()
  consent_note?: string | null;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 5,
    maximum: 120,
    example: 30,
    description: 'Seconds before now that a press for a highlight keeps where it does not say.',
  })
  @MayBeLeftOut()
  @IsInt()
  @Min(5)
  @Max(120)
  highlight_seconds?: number;

  @ApiPropertyOptional({
    enum: COMPRESSIONS,
    example: 'h264',
    description:
      'Whether videos are coded anew after the match, to take less room, and in what. `h264` plays everywhere; `h265` is ' +
      'smaller, and not every browser plays it; `av1` is as small, and Safari plays it only on devices with a decoder for it ' +
      '(from iPhone 15 Pro and M3 on). Where the FFmpeg of the service has no encoder for it: `codec_unavailable`. Only of matches that are recorded from then on.',
  })
  @MayBeLeftOut()
  @IsIn(COMPRESSIONS)
  compression?: ClubCompression;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: LEAST_CRF,
    maximum: MOST_CRF,
    example: null,
    description:
      `Constant rate factor on the scale of H.264 and H.265: higher is smaller and worse; \`null\`: ${DEFAULT_CRF.h264} for ` +
      `H.264, ${DEFAULT_CRF.h265} for H.265, ${DEFAULT_CRF.av1} for AV1.`,
  })
  @MayBeNull()
  @IsInt()
  @Min(LEAST_CRF)
  @Max(MOST_CRF)
  compression_crf?: number | null;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: MOST_COMPRESSION_MINUTES,
    example: 60,
    description: 'How many minutes after the match compression begins, at the earliest.',
  })
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(MOST_COMPRESSION_MINUTES)
  compression_after_minutes?: number;

  @ApiPropertyOptional({ example: true, description: 'Whether players may register themselves (needs `SMTP_URL`).' })
  @MayBeLeftOut()
  @IsBoolean()
  registration_open?: boolean;

  @ApiPropertyOptional({
    example: true,
    description: 'Whether matches may be shown to others by links. Switched off, links that were made answer 410.',
  })
  @MayBeLeftOut()
  @IsBoolean()
  sharing_enabled?: boolean;

  @ApiPropertyOptional({ example: true, description: 'Whether players may plan recordings, for themselves.' })
  @MayBeLeftOut()
  @IsBoolean()
  players_book?: boolean;
}

/** The wire's `club`. */
export class ClubView {
  @ApiProperty({ example: 1 })
  id: number;

  @ApiProperty({ example: 'Padel Club du Lac' })
  name: string;

  @ApiProperty({ example: 'Europe/Paris' })
  time_zone: string;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: null,
    description: 'Sessions that may be open at once in this club; `null`: no limit of its own.',
  })
  max_sessions: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 30,
    description: "Videos older than this are deleted; `null`: the service's `RETENTION_DAYS`.",
  })
  retention_days: number | null;

  @ApiProperty({
    type: 'integer',
    format: 'int64',
    nullable: true,
    example: null,
    description: 'Beyond it the oldest videos are deleted; `null`: no limit.',
  })
  quota_bytes: number | null;

  @ApiProperty({ type: 'integer', example: 30, description: 'Seconds that a press for a highlight keeps.' })
  highlight_seconds: number;

  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    example: null,
    description: 'Only for its admins: where its cameras must lie; `null`: no matter where.',
  })
  camera_networks?: string[] | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'What players are told before they are filmed.',
  })
  consent_note: string | null;

  @ApiProperty({ example: false, description: 'Whether players may register themselves.' })
  registration_open: boolean;

  @ApiProperty({ example: true, description: 'Whether matches may be shown to others by links.' })
  sharing_enabled: boolean;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'Since when it has its logo (`GET /api/clubs/:id/logo`); `null`: it has none.',
  })
  logo_at: string | null;

  @ApiProperty({ example: false, description: 'Whether players may plan recordings, for themselves.' })
  players_book: boolean;

  @ApiProperty({ enum: COMPRESSIONS, example: 'off', description: 'What videos are coded anew in after the match.' })
  compression: ClubCompression;

  @ApiProperty({ type: 'integer', nullable: true, example: null, description: "`null`: the codec's own." })
  compression_crf: number | null;

  @ApiProperty({ type: 'integer', example: 60, description: 'Minutes after the match, at the earliest.' })
  compression_after_minutes: number;

  @ApiProperty({ format: 'date-time' })
  created_at: string;
}

export class ClubListAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [ClubView] })
  clubs: ClubView[];

  @ApiProperty({ example: 1, description: 'Of this page.' })
  count: number;

  @ApiPropertyOptional({ description: 'Absent on the last page.' })
  next_cursor?: string;
}

/** @param forAdmin how its network looks is nobody else's business */
export function viewOfClub(club: Club, forAdmin: boolean): ClubView {
  return {
    id: club.id,
    name: club.name,
    time_zone: club.timeZone,
    max_sessions: club.maxSessions,
    retention_days: club.retentionDays,
    highlight_seconds: club.highlightSeconds,
    quota_bytes: club.quotaBytes === null ? null : Number(club.quotaBytes),
    ...(forAdmin && { camera_networks: club.cameraNetworks }),
    consent_note: club.consentNote,
    registration_open: club.registrationOpen,
    sharing_enabled: club.sharingEnabled,
    logo_at: club.logoAt?.toISOString() ?? null,
    players_book: club.playersBook,
    compression: club.compression,
    compression_crf: club.compressionCrf,
    compression_after_minutes: club.compressionAfterMinutes,
    created_at: club.createdAt.toISOString(),
  };
}
