import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { PersonView } from '../../auth/person-view';
import { MAX_ID, ToInteger } from '../../common/ids';
import { IsMoment } from '../../common/moment';
import { PageQuery } from '../../common/pagination';
import { CompressionView } from '../../compression/dto/compression.dto';
import { RecordingStatus } from '../../recording/recording-state';
import { GapView, RECORDING_STATUSES } from '../../recording/recording-view';
import { IfPresent } from '../../common/if-present.decorator';

export class ClubQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, description: 'Default: the active club; SUPER_ADMIN: all.' })
  @IfPresent()
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  club_id?: number;
}

export class VideoListQuery extends PageQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, description: 'Default: the active club; SUPER_ADMIN: all.' })
  @IfPresent()
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  club_id?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, description: 'Of this court.', example: 3 })
  @IfPresent()
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  terrain_id?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    description: 'Of matches this person owned or took part in, among those the caller may see.',
    example: 12,
  })
  @IfPresent()
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  user_id?: number;

  @ApiPropertyOptional({
    format: 'date-time',
    description: '`created_at` not before this moment.',
    example: '2026-05-01T00:00:00Z',
  })
  @IfPresent()
  @IsMoment()
  from?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: '`created_at` before this moment.',
    example: '2026-06-01T00:00:00Z',
  })
  @IfPresent()
  @IsMoment()
  to?: string;
}

/** What a further camera filmed of a match. */
export class VideoAngleView {
  @ApiProperty({ format: 'uuid', description: 'For `files/:id` and whatever is below it, and for media URLs.' })
  session_id: string;

  @ApiProperty({ example: 1, minimum: 1, maximum: 3 })
  position: number;

  @ApiProperty({ type: String, nullable: true, example: 'Back wall' })
  name: string | null;

  @ApiProperty({ enum: RECORDING_STATUSES, example: 'ready', description: '`ready`: there is a file.' })
  status: RecordingStatus;

  @ApiProperty({ type: Number, nullable: true, example: 5399.2, description: '`null` where there is no file (yet).' })
  duration_seconds: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 1_701_234_567 })
  size_bytes: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: -0.24,
    description:
      "Where its first picture lies on the time of the match's file, in seconds; may be negative. Second `t` of the match is second " +
      '`t - offset_seconds` of the angle. `null`: not known.',
  })
  offset_seconds: number | null;
}

/** Where the file of a video is. */
export class VideoStorageView {
  @ApiProperty({
    enum: ['here', 'both', 'storage'],
    description: "`here`: with this service; `storage`: in the club's storage; it is read from wherever it is.",
  })
  where: 'here' | 'both' | 'storage';

  @ApiProperty({
    enum: ['waiting', 'uploading', 'stored', 'failed'],
    nullable: true,
    description: "How its copy in the club's storage stands; `null`: there is to be none.",
    example: 'stored',
  })
  upload: 'waiting' | 'uploading' | 'stored' | 'failed' | null;

  @ApiProperty({ example: 1, description: '0 to 1.' })
  progress: number;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'What went wrong the last time; for admins.',
  })
  error: string | null;
}

/** The wire's `video`. */
export class VideoView {
  @ApiProperty({ format: 'uuid' })
  session_id: string;

  @ApiProperty()
  terrain_id: number;

  @ApiProperty({ example: 'Court 1', description: "The court's name today." })
  terrain_name: string;

  @ApiProperty()
  club_id: number;

  @ApiProperty({ description: "The session's owner." })
  user_id: number;

  @ApiProperty({ type: PersonView, description: "The session's owner." })
  owner: PersonView;

  @ApiProperty({ type: [PersonView], description: 'The other players of the match, by id.' })
  players: PersonView[];

  @ApiProperty({ example: '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55.mp4' })
  filename: string;

  @ApiProperty({ example: 2_701_234_567 })
  size_bytes: number;

  @ApiProperty({ example: 2576.1, description: 'size_bytes / 2²⁰, two decimals.' })
  size_mb: number;

  @ApiProperty({ example: 5400.04 })
  duration_seconds: number;

  @ApiProperty({ example: 1920 })
  width: number;

  @ApiProperty({ example: 1080 })
  height: number;

  @ApiProperty({ example: 'h264' })
  codec: string;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Since when its file has been missed on disk; `null`: it is there.',
    example: null,
  })
  missing_since: string | null;

  @ApiProperty({ type: [GapView] })
  gaps: GapView[];

  @ApiProperty({ type: CompressionView })
  compression: CompressionView;

  @ApiProperty({ type: String, nullable: true, example: 'Front', description: 'As its camera was called then.' })
  camera_name: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    example: null,
    description: 'The session of the match that this is an angle of; `null`: this is the match.',
  })
  angle_of: string | null;

  @ApiProperty({ type: [VideoAngleView], description: 'What further cameras filmed of it, by position.' })
  angles: VideoAngleView[];

  @ApiProperty({ example: 3, description: 'Highlights of it that can be watched.' })
  highlights: number;

  @ApiProperty({ type: VideoStorageView })
  storage: VideoStorageView;
}

export class VideoListAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [VideoView] })
  videos: VideoView[];

  @ApiProperty()
  count: number;

  @ApiProperty({ required: false, description: 'Hand it back as `cursor` for the next page; missing on the last one.' })
  next_cursor?: string;
}

export class VideoAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: VideoView })
  video: VideoView;
}

export class VideoStatsAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ example: 128 })
  count: number;

  @ApiProperty({ example: 343_597_383_680 })
  bytes: number;

  @ApiProperty({ example: 691_200.5, description: 'Length of all videos together.' })
  seconds: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  oldest: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  newest: string | null;

  @ApiProperty({ example: 500_107_862_016, description: 'Bytes that may still be written.' })
  disk_free: number;
}

export class DoneAnswer {
  @ApiProperty({ example: true })
  success: true;
}
