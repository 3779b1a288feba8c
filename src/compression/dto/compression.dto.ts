import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, Max, Min } from 'class-validator';
import { IfPresent } from '../../common/if-present.decorator';
import { COMPRESSION_CODECS, CompressionCodec, DEFAULT_CRF, LEAST_CRF, MOST_CRF } from '../../media/compress-args';

export const COMPRESSION_STATES = ['none', 'queued', 'running', 'done', 'kept', 'failed'] as const;
export type CompressionState = (typeof COMPRESSION_STATES)[number];

/** Why a video was kept as it was, or why it could not be compressed. */
export const COMPRESSION_REASONS = [
  'not_smaller',
  'quality',
  'different',
  'sound',
  'unreadable',
  'codec_unavailable',
  'disk_full',
  'cancelled',
  'gone',
  'away',
  'error',
] as const;
export type CompressionReason = (typeof COMPRESSION_REASONS)[number];

export class CompressDto {
  @ApiPropertyOptional({
    enum: COMPRESSION_CODECS,
    description:
      "Default: the club's; where that is off, `h264`. Which of them there are depends on the FFmpeg of the service: else " +
      '`codec_unavailable`.',
  })
  @IfPresent()
  @IsIn(COMPRESSION_CODECS)
  codec?: CompressionCodec;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: LEAST_CRF,
    maximum: MOST_CRF,
    example: DEFAULT_CRF.h264,
    description:
      'Constant rate factor on the scale of H.264 and H.265, also of AV1: higher is smaller and worse. Default: the ' +
      "club's for its codec, else the codec's.",
  })
  @IfPresent()
  @IsInt()
  @Min(LEAST_CRF)
  @Max(MOST_CRF)
  crf?: number;
}

/** How a video's file stands to its compression. */
export class CompressionView {
  @ApiProperty({
    enum: COMPRESSION_STATES,
    example: 'done',
    description:
      '`done`: its file is the smaller one. `kept`: its file is what it was, for `reason`. `failed`: so it is, and another try may do.',
  })
  state: CompressionState;

  @ApiProperty({ example: 1, description: 'How much is done, 0 to 1.' })
  progress: number;

  @ApiProperty({ enum: COMPRESSION_CODECS, nullable: true, example: 'h264', description: '`null` with `none`.' })
  codec: CompressionCodec | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 25 })
  crf: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 2_701_234_567,
    description: 'Of the file as it was recorded.',
  })
  original_size_bytes: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 1_674_765_431,
    description: 'Of what it became, with `done`.',
  })
  size_bytes: number | null;

  @ApiProperty({
    enum: COMPRESSION_REASONS,
    nullable: true,
    example: null,
    description: 'With `kept` and `failed`. `sound`: films with sound stay as they are.',
  })
  reason: CompressionReason | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    example: null,
    description: 'Of the background work that is under way: `DELETE /api/video/jobs/:id` ends it.',
  })
  job_id: string | null;
}

export class CompressionAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: CompressionView })
  compression: CompressionView;
}
