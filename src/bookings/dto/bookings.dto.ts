import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsISO8601,
  IsString,
  Length,
  Matches,
  ValidateIf,
} from 'class-validator';
import { PersonView } from '../../auth/person-view';
import { IsId, ToInteger } from '../../common/ids';
import { IfPresent } from '../../common/if-present.decorator';
import { IsMoment } from '../../common/moment';
import { PageQuery } from '../../common/pagination';
import { BOOKING_STATUSES, BookingStatus } from '../booking-state';
import { BookingSource } from '../entities/booking.entity';

const MOST_TITLE = 120;
/** Besides the owner: as in a session. */
const MOST_PLAYERS = 20;
const ONE_LINE = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u;

const trimmed = Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

export class CreateBookingDto {
  @ApiProperty({ example: 3 })
  @IsId()
  terrain_id: number;

  @ApiProperty({ format: 'date-time', example: '2026-12-04T18:00:00+01:00', description: 'A time with its offset.' })
  @IsMoment()
  starts_at: string;

  @ApiProperty({
    format: 'date-time',
    example: '2026-12-04T19:30:00+01:00',
    description: 'At most `MAX_DURATION_MINUTES` after the start.',
  })
  @IsMoment()
  ends_at: string;

  @ApiPropertyOptional({ maxLength: MOST_TITLE, example: 'Tuesday league, round 3', description: 'One line.' })
  @IfPresent()
  @trimmed
  @IsString()
  @Length(1, MOST_TITLE)
  @Matches(ONE_LINE, { message: 'must be one line' })
  title?: string;

  @ApiPropertyOptional({
    example: 12,
    description: 'Whose match it is; default: who asks. Another one than oneself: admins only.',
  })
  @IfPresent()
  @IsId()
  owner_id?: number;

  @ApiPropertyOptional({
    type: [Number],
    maxItems: MOST_PLAYERS,
    example: [14, 15],
    description: 'Members of the club.',
  })
  @IfPresent()
  @IsArray()
  @ArrayMaxSize(MOST_PLAYERS)
  @ArrayUnique()
  @IsId({ each: true })
  player_ids?: number[];

  @ApiPropertyOptional({
    example: true,
    description:
      'Needed where the club has a `consent_note`: whoever books says that those on the court are told of it.',
  })
  @IfPresent()
  @IsBoolean()
  consent?: boolean;
}

export class ChangeBookingDto {
  @ApiPropertyOptional({ format: 'date-time', example: '2026-12-04T18:30:00+01:00' })
  @IfPresent()
  @IsMoment()
  starts_at?: string;

  @ApiPropertyOptional({ format: 'date-time', example: '2026-12-04T20:00:00+01:00' })
  @IfPresent()
  @IsMoment()
  ends_at?: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: MOST_TITLE,
    example: 'Tuesday league, round 3',
    description: '`null` takes it away.',
  })
  @ValidateIf((_, value: unknown) => value !== undefined && value !== null)
  @trimmed
  @IsString()
  @Length(1, MOST_TITLE)
  @Matches(ONE_LINE, { message: 'must be one line' })
  title?: string | null;

  @ApiPropertyOptional({ type: [Number], maxItems: MOST_PLAYERS, example: [14, 15] })
  @IfPresent()
  @IsArray()
  @ArrayMaxSize(MOST_PLAYERS)
  @ArrayUnique()
  @IsId({ each: true })
  player_ids?: number[];
}

export class BookingListQuery extends PageQuery {
  @ApiPropertyOptional({
    format: 'date',
    example: '2026-12-04',
    description: 'A day of the club’s own calendar. Left out: everything that is not over yet.',
  })
  @IfPresent()
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'must be a day such as 2026-12-04' })
  @IsISO8601({ strict: true })
  day?: string;

  @ApiPropertyOptional({ example: 3, description: 'Of this court alone.' })
  @IfPresent()
  @ToInteger()
  @IsId()
  terrain_id?: number;
}

const SOURCES: readonly BookingSource[] = ['manual', 'ical'];

/** The wire's `booking`. */
export class BookingView {
  @ApiProperty({ example: 41 })
  id: number;

  @ApiProperty({ example: 1 })
  club_id: number;

  @ApiProperty({ example: 3 })
  terrain_id: number;

  @ApiProperty({ format: 'date-time' })
  starts_at: string;

  @ApiProperty({ format: 'date-time' })
  ends_at: string;

  @ApiProperty({ enum: BOOKING_STATUSES, example: 'planned' })
  status: BookingStatus;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'camera_unreachable',
    description:
      'Why it is so, or what is in the way: the code of a problem, or `court_busy`, `service_away`, `owner_gone`, ' +
      '`court_gone`, `stopped_early`, `cancelled_by_owner`, `cancelled_by_admin`, `left_calendar`. Of a recording that ' +
      'began late: what was in the way.',
  })
  reason: string | null;

  @ApiProperty({ enum: SOURCES, description: '`ical`: from the calendar of its court, which alone changes it.' })
  source: BookingSource;

  @ApiProperty({ description: 'The caller owns it, plays in it, or is an admin; else only its time is told.' })
  mine: boolean;

  @ApiProperty({ type: String, nullable: true, example: 'Tuesday league, round 3' })
  title: string | null;

  @ApiProperty({ type: PersonView, nullable: true })
  owner: PersonView | null;

  @ApiProperty({ type: [PersonView], description: 'The other players.' })
  players: PersonView[];

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Once it began.' })
  session_id: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When its recording was there.' })
  started_at: string | null;

  @ApiProperty({ example: 0, description: 'By how much its recording began after `starts_at`, in whole seconds.' })
  late_seconds: number;

  @ApiProperty({
    type: PersonView,
    nullable: true,
    description: 'Who said that those on the court are told of the club’s note; `null`: the club had none.',
  })
  consent_by: PersonView | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;
}

export class BookingAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: BookingView })
  booking: BookingView;
}

export class BookingListAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [BookingView], description: 'By their start.' })
  bookings: BookingView[];

  @ApiProperty({ example: 4, description: 'Of this page.' })
  count: number;

  @ApiPropertyOptional({ description: 'For the next page; missing on the last one.' })
  next_cursor?: string;
}
