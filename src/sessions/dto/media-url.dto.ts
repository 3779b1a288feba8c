import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, Max, Min } from 'class-validator';
import { MEDIA_PURPOSES, MediaPurpose } from '../../auth/media-url-path';
import { IfPresent } from '../../common/if-present.decorator';
import { SessionIdDto } from './session.dto';

/** A match and its warm-up, with time to look at it afterwards. */
export const DEFAULT_MEDIA_URL_MINUTES = 360;
const MAX_MINUTES = 1440;

export class MediaUrlDto extends SessionIdDto {
  @ApiProperty({ enum: MEDIA_PURPOSES, example: 'download' })
  @IsIn(MEDIA_PURPOSES)
  purpose: MediaPurpose;

  @ApiPropertyOptional({ example: 60, default: DEFAULT_MEDIA_URL_MINUTES, minimum: 1, maximum: MAX_MINUTES })
  @IfPresent()
  @IsInt()
  @Min(1)
  @Max(MAX_MINUTES)
  expires_in_minutes?: number;
}

export class MediaUrlAnswer {
  @ApiProperty({ format: 'uuid', description: 'For taking it back.' })
  id: string;

  @ApiProperty({ example: 'https://club.example/api/media/<session>/<random>/video.mp4' })
  url: string;

  @ApiProperty({ format: 'date-time' })
  expires_at: string;
}
