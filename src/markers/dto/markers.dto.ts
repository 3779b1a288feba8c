import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsNumber, IsString, Length, Matches, Max, Min, ValidateIf } from 'class-validator';
import { PersonView } from '../../auth/person-view';
import { IsSessionId } from '../../common/ids';
import { IfPresent } from '../../common/if-present.decorator';
import { PageQuery } from '../../common/pagination';
import { MARKER_KINDS, MarkerKind } from '../marker-kinds';

const MOST_TEXT = 200;
/** Longer than any recording; where its end lies is asked when it is known which one is meant. */
const MOST_SECONDS = 1_000_000;
const MOST_AGO = 3_600;
/** No control characters, and no line ends by any name. */
const ONE_LINE = /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u;

const trimmed = Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

export class CreateMarkerDto {
  @ApiProperty({ format: 'uuid', example: '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55' })
  @IsSessionId()
  session_id: string;

  @ApiProperty({ enum: MARKER_KINDS, example: 'highlight' })
  @IsIn(MARKER_KINDS)
  kind: MarkerKind;

  @ApiPropertyOptional({ maxLength: MOST_TEXT, example: 'Bajada from behind the glass', description: 'One line.' })
  @IfPresent()
  @trimmed
  @IsString()
  @Length(1, MOST_TEXT)
  @Matches(ONE_LINE, { message: 'must be one line' })
  text?: string;

  @ApiPropertyOptional({
    minimum: 0,
    example: 734.2,
    description: "Seconds from the recording's first frame. Or `seconds_ago`.",
  })
  @IfPresent()
  @IsNumber()
  @Min(0)
  @Max(MOST_SECONDS)
  at_seconds?: number;

  @ApiPropertyOptional({
    minimum: 0,
    maximum: MOST_AGO,
    example: 12,
    description: "Seconds before now, on the recording's own clock. Or `at_seconds`.",
  })
  @IfPresent()
  @IsNumber()
  @Min(0)
  @Max(MOST_AGO)
  seconds_ago?: number;
}

export class ChangeMarkerDto {
  @ApiPropertyOptional({ enum: MARKER_KINDS, example: 'dispute' })
  @IfPresent()
  @IsIn(MARKER_KINDS)
  kind?: MarkerKind;

  @ApiPropertyOptional({ minimum: 0, example: 733.8, description: "Seconds from the recording's first frame." })
  @IfPresent()
  @IsNumber()
  @Min(0)
  @Max(MOST_SECONDS)
  at_seconds?: number;

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

export class MarkerListQuery extends PageQuery {
  @ApiProperty({ format: 'uuid', example: '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55' })
  @IsSessionId()
  session_id: string;
}

/** The wire's `marker`. */
export class MarkerView {
  @ApiProperty({ example: 17 })
  id: number;

  @ApiProperty({ format: 'uuid' })
  session_id: string;

  @ApiProperty({ enum: MARKER_KINDS })
  kind: MarkerKind;

  @ApiProperty({ type: String, nullable: true, example: 'Bajada from behind the glass' })
  text: string | null;

  @ApiProperty({ example: 734.2, description: "Seconds from the recording's first frame." })
  at_seconds: number;

  @ApiProperty({ type: PersonView, description: 'Who marked it.' })
  author: PersonView;

  @ApiProperty({ format: 'date-time' })
  created_at: string;
}

export const CHAPTER_STATES = ['written', 'waiting', 'unsupported'] as const;
/**
 * How the chapters of a session's MP4 stand to its markers: as they are; not yet; or the file cannot take them, and the list
 * of markers is all there is.
 */
export type ChapterState = (typeof CHAPTER_STATES)[number];

export class MarkerAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: MarkerView })
  marker: MarkerView;
}

export class MarkerListAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [MarkerView], description: 'In the order of the match.' })
  markers: MarkerView[];

  @ApiProperty({ example: 12, description: 'Markers of this page.' })
  count: number;

  @ApiPropertyOptional({ description: 'For the next page; missing on the last one.' })
  next_cursor?: string;

  @ApiProperty({
    enum: CHAPTER_STATES,
    description:
      '`written`: the chapters of the MP4 are these markers; `waiting`: not yet (it is being recorded, read, or written); ' +
      '`unsupported`: the file cannot be given chapters, or they would not fit.',
  })
  chapters: ChapterState;
}
