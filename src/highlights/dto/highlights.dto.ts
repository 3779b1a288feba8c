import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsNumber, IsString, Length, Matches, Max, Min, ValidateIf } from 'class-validator';
import { PersonView } from '../../auth/person-view';
import { IsSessionId } from '../../common/ids';
import { IfPresent } from '../../common/if-present.decorator';
import { PageQuery } from '../../common/pagination';
import { LONGEST_SECONDS } from '../highlight-window';

export const LEAST_PRESSED = 5;
export const MOST_PRESSED = 120;
const MOST_TEXT = 200;
const MOST_SECONDS = 1_000_000;
/** No control characters, and no line ends by any name. */
const ONE_LINE = /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u;

export const HIGHLIGHT_STATUSES = ['waiting', 'making', 'ready', 'failed'] as const;
export type HighlightStatus = (typeof HIGHLIGHT_STATUSES)[number];
export const HIGHLIGHT_CUTS = ['keyframes', 'exact'] as const;
export type HighlightCut = (typeof HIGHLIGHT_CUTS)[number];

const trimmed = Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

/** The last seconds, as a button asks for them. */
export class PressDto {
  @ApiPropertyOptional({
    minimum: LEAST_PRESSED,
    maximum: MOST_PRESSED,
    example: 30,
    description: "How many seconds before now. Default: the club's `highlight_seconds`.",
  })
  @IfPresent()
  @IsNumber()
  @Min(LEAST_PRESSED)
  @Max(MOST_PRESSED)
  seconds?: number;
}

export class CreateHighlightDto extends PressDto {
  @ApiProperty({ format: 'uuid', example: '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55' })
  @IsSessionId()
  session_id: string;

  @ApiPropertyOptional({
    minimum: 0,
    example: 734.2,
    description: "From the recording's first frame; with `end_seconds`.",
  })
  @IfPresent()
  @IsNumber()
  @Min(0)
  @Max(MOST_SECONDS)
  start_seconds?: number;

  @ApiPropertyOptional({
    minimum: 0,
    example: 758.9,
    description: `At most ${LONGEST_SECONDS} s behind \`start_seconds\`.`,
  })
  @IfPresent()
  @IsNumber()
  @Min(0)
  @Max(MOST_SECONDS)
  end_seconds?: number;

  @ApiPropertyOptional({ maxLength: MOST_TEXT, example: 'Bajada from behind the glass', description: 'One line.' })
  @IfPresent()
  @trimmed
  @IsString()
  @Length(1, MOST_TEXT)
  @Matches(ONE_LINE, { message: 'must be one line' })
  text?: string;

  @ApiPropertyOptional({
    enum: HIGHLIGHT_CUTS,
    default: 'keyframes',
    description:
      '`keyframes`: it begins with the keyframe at or before its start, a second or two earlier; `exact`: players begin at ' +
      'its very start. Neither loses anything.',
  })
  @IfPresent()
  @IsIn(HIGHLIGHT_CUTS)
  cut?: HighlightCut;
}

export class ChangeHighlightDto {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: MOST_TEXT,
    example: 'Bajada from behind the glass',
    description: '`null` takes it away.',
  })
  @ValidateIf((_, value: unknown) => value !== undefined && value !== null)
  @trimmed
  @IsString()
  @Length(1, MOST_TEXT)
  @Matches(ONE_LINE, { message: 'must be one line' })
  text?: string | null;
}

export class HighlightListQuery extends PageQuery {
  @ApiProperty({ format: 'uuid', example: '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55' })
  @IsSessionId()
  session_id: string;
}

/** A stretch of it without pictures, in its own seconds. */
export class HighlightGapView {
  @ApiProperty({ example: 3.2 })
  start_seconds: number;

  @ApiProperty({ example: 5.6 })
  end_seconds: number;

  @ApiProperty({ example: 'camera_lost' })
  reason: string;
}

/** The wire's `highlight`. */
export class HighlightView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  session_id: string;

  @ApiProperty({ enum: HIGHLIGHT_STATUSES })
  status: HighlightStatus;

  @ApiProperty({
    example: 728.4,
    description: "From the recording's first frame: what was asked for, and once it is `ready` what is in the file.",
  })
  start_seconds: number;

  @ApiProperty({ example: 758.9 })
  end_seconds: number;

  @ApiProperty({ example: 30.5 })
  duration_seconds: number;

  @ApiProperty({ enum: HIGHLIGHT_CUTS })
  cut: HighlightCut;

  @ApiProperty({ type: String, nullable: true, example: 'Bajada from behind the glass' })
  text: string | null;

  @ApiProperty({ type: PersonView, nullable: true, description: 'Who made it; `null`: the button at the court.' })
  author: PersonView | null;

  @ApiProperty({ type: [HighlightGapView] })
  gaps: HighlightGapView[];

  @ApiProperty({ type: 'integer', format: 'int64', nullable: true, example: 15_400_000 })
  size_bytes: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why it could not be made.' })
  error: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  ready_at: string | null;
}

export class HighlightAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: HighlightView })
  highlight: HighlightView;
}

export class HighlightListAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [HighlightView], description: 'In the order of the match.' })
  highlights: HighlightView[];

  @ApiProperty({ example: 12, description: 'Highlights of this page.' })
  count: number;

  @ApiPropertyOptional({ description: 'For the next page; missing on the last one.' })
  next_cursor?: string;
}

/** What a pressed button is told: no more than that. */
export class PressedHighlightView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: HIGHLIGHT_STATUSES })
  status: HighlightStatus;

  @ApiProperty({ example: 728.4 })
  start_seconds: number;

  @ApiProperty({ example: 758.9 })
  end_seconds: number;
}

export class PressedAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: PressedHighlightView })
  highlight: PressedHighlightView;
}

export class ButtonKeyAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ example: '3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', description: 'Shown this once.' })
  key: string;

  @ApiProperty({
    example: '/api/button/3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    description: 'What the button posts to.',
  })
  path: string;

  @ApiProperty({ format: 'date-time' })
  created_at: string;
}
