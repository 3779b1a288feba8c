import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, FromCaller } from '../../auth/caller';
import { CurrentUser } from '../../auth/current-user.decorator';
import { Principal } from '../../auth/principal';
import { ApiProblems } from '../../common/api-problems';
import { ParseIdPipe } from '../../common/ids';
import { CalendarAnswer, SetCalendarDto } from '../dto/calendar.dto';
import { CourtCalendars } from './court-calendars.service';

const ADMINS = 'The admins of the club.';

@ApiTags('bookings')
@ApiBearerAuth()
@Controller('api/clubs/:clubId/terrains/:id/calendar')
export class CalendarsController {
  constructor(private readonly calendars: CourtCalendars) {}

  @Put()
  @ApiOperation({
    summary: "Lets a court's bookings follow a calendar",
    description:
      `${ADMINS} An iCalendar file (RFC 5545) that is asked for every five minutes; its events of the next 14 days become ` +
      'bookings of whoever enters it, and follow it. What people booked keeps its time.',
  })
  @ApiOkResponse({ type: CalendarAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'url_forbidden')
  async set(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Param('id', ParseIdPipe) id: number,
    @Body() dto: SetCalendarDto,
    @FromCaller() caller: Caller,
  ): Promise<CalendarAnswer> {
    return { success: true, calendar: await this.calendars.set(user, clubId, id, dto, caller) };
  }

  @Get()
  @ApiOperation({ summary: "A court's calendar, and how its last reading went", description: ADMINS })
  @ApiOkResponse({ type: CalendarAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  async see(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Param('id', ParseIdPipe) id: number,
  ): Promise<CalendarAnswer> {
    return { success: true, calendar: await this.calendars.see(user, clubId, id) };
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Lets go of a calendar',
    description: `${ADMINS} What it planned and has not begun is cancelled. Again: the same answer.`,
  })
  @ApiNoContentResponse()
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  async remove(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Param('id', ParseIdPipe) id: number,
    @FromCaller() caller: Caller,
  ): Promise<void> {
    await this.calendars.remove(user, clubId, id, caller);
  }
}
