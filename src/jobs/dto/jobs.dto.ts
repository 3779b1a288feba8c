import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsString, Length, Matches, Max, Min } from 'class-validator';
import { MAX_ID, ToInteger } from '../../common/ids';
import { IfPresent } from '../../common/if-present.decorator';
import { PageQuery } from '../../common/pagination';

export const JOB_STATES = ['waiting', 'active', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

export class JobListQuery extends PageQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    description: 'Default: the active club; SUPER_ADMIN: all, and those of no club.',
    example: 1,
  })
  @IfPresent()
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  club_id?: number;

  @ApiPropertyOptional({ enum: JOB_STATES, example: 'failed' })
  @IfPresent()
  @IsIn(JOB_STATES)
  state?: JobState;

  @ApiPropertyOptional({ description: 'Which kind of work.', maxLength: 50, example: 'highlight' })
  @IfPresent()
  @IsString()
  @Length(1, 50)
  @Matches(/^[a-z_]+$/, { message: 'must be the name of a kind' })
  kind?: string;
}

/** A piece of background work. */
export class JobView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'highlight' })
  kind: string;

  @ApiProperty({ type: 'integer', nullable: true, example: 1 })
  club_id: number | null;

  @ApiProperty({ enum: JOB_STATES, description: '`waiting`: also for its next try.' })
  state: JobState;

  @ApiProperty({ example: 1, description: 'Tries so far, the one under way too.' })
  attempts: number;

  @ApiProperty({ example: 4, description: 'Tries it is given.' })
  max_attempts: number;

  @ApiProperty({ example: 0.4, description: 'Of the present try, or the last one: 0 to 1.' })
  progress: number;

  @ApiProperty({ type: String, nullable: true, description: 'Why the last try failed.' })
  error: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Of the present try, or the last one.',
  })
  started_at: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Of one that waits: not before.' })
  next_try_at: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  ended_at: string | null;
}

export class JobListAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [JobView], description: 'Newest first.' })
  jobs: JobView[];

  @ApiProperty({ example: 12, description: 'Jobs of this page.' })
  count: number;

  @ApiPropertyOptional({ description: 'For the next page; missing on the last one.' })
  next_cursor?: string;
}
