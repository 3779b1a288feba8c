import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsString, Length } from 'class-validator';
import { IfPresent } from '../../common/if-present.decorator';

export class SetCalendarDto {
  @ApiProperty({
    maxLength: 2048,
    writeOnly: true,
    example: 'https://booking.example.org/courts/3/calendar.ics?key=…',
    description:
      'http or https, of an iCalendar file. Write-only: of what may be a secret in it, nothing is ever shown.',
  })
  @IsString()
  @Length(1, 2048)
  url: string;

  @ApiPropertyOptional({
    example: true,
    description: 'Needed where the club has a `consent_note`: those who book there are told of it.',
  })
  @IfPresent()
  @IsBoolean()
  consent?: boolean;
}

/** The wire's `calendar`. */
export class CalendarView {
  @ApiProperty({ example: 3 })
  terrain_id: number;

  @ApiProperty({ example: 'https://booking.example.org', description: 'Of its address, what holds no secret.' })
  origin: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it was last asked for.' })
  fetched_at: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was last read as a whole; at least once an hour.',
  })
  read_at: string | null;

  @ApiProperty({ example: 14, description: 'Its events of the next 14 days that are bookings.' })
  events: number;

  @ApiProperty({ example: 0, description: 'Those that are none: too long, or at a time that is booked already.' })
  skipped: number;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'What was wrong the last time.' })
  error: string | null;
}

export class CalendarAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: CalendarView, nullable: true, description: '`null`: the court has none.' })
  calendar: CalendarView | null;
}
