import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { IfPresent } from '../../common/if-present.decorator';
import { ToInteger } from '../../common/ids';
import { RecordingView } from '../../recording/recording-view';

const MOST_BUCKETS = 2_000;

export class ActivityQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_BUCKETS,
    example: 300,
    description: 'Points wanted at most, each the mean of its seconds. Default: a point a second.',
  })
  @IfPresent()
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(MOST_BUCKETS)
  buckets?: number;
}

export class ActivityAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ format: 'uuid', example: '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55' })
  session_id: string;

  @ApiProperty({ example: 5401, description: 'Of the film; 0 where nothing is known of it.' })
  seconds: number;

  @ApiProperty({ example: 19, description: 'A point stands for so many seconds; the last one maybe for fewer.' })
  bucket_seconds: number;

  @ApiProperty({
    type: 'array',
    items: { type: 'integer', minimum: 0, maximum: 100, nullable: true },
    example: [0, 2, 24, 31, null, 18],
    description:
      "How much moved, in the film's order: tenths of a percent of the picture that changed within two seconds or so, 100 for a " +
      'tenth of the picture and more. 3 and more is somebody who moves. `null`: not known.',
  })
  scores: (number | null)[];

  @ApiProperty({
    type: Number,
    nullable: true,
    example: null,
    description: 'Seconds without play at the end of a recording that stopped by itself; they are in the film.',
  })
  idle_tail_seconds: number | null;
}

export class KeepAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: RecordingView })
  status: RecordingView;
}
