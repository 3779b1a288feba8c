import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { IsSessionId } from '../../common/ids';
import { RecordingView } from '../recording-view';
import { IfPresent } from '../../common/if-present.decorator';

const SESSION_ID = { format: 'uuid', example: '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55' };
/** More than `MAX_DURATION_MINUTES` may ever be; the service's own limit is checked against its configuration. */
const MINUTES_CEILING = 100_000;

export class StartRecordingDto {
  @ApiProperty(SESSION_ID)
  @IsSessionId()
  session_id: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, default: 90, description: 'The recording ends by itself then.' })
  @IfPresent()
  @IsInt()
  @Min(1)
  @Max(MINUTES_CEILING)
  duration_minutes?: number;
}

export class ExtendRecordingDto {
  @ApiProperty(SESSION_ID)
  @IsSessionId()
  session_id: string;

  @ApiProperty({ type: 'integer', minimum: 1, example: 15 })
  @IsInt()
  @Min(1)
  @Max(MINUTES_CEILING)
  minutes: number;
}

export class StopRecordingDto {
  @ApiProperty(SESSION_ID)
  @IsSessionId()
  session_id: string;
}

export class StartRecordingAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty(SESSION_ID)
  session_id: string;

  @ApiProperty({ example: 90 })
  duration_minutes: number;

  @ApiProperty({ type: RecordingView })
  recording: RecordingView;
}

export class StopRecordingAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty(SESSION_ID)
  session_id: string;

  @ApiProperty({ type: String, nullable: true, example: '1/5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55.mp4' })
  video_path: string | null;

  @ApiProperty({ type: RecordingView })
  recording: RecordingView;
}

export class RecordingStatusAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: RecordingView, nullable: true, description: '`null` before the first recording.' })
  status: RecordingView | null;
}
