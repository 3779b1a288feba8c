import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe } from '../common/ids';
import { BookingsService } from './bookings.service';
import {
  BookingAnswer,
  BookingListAnswer,
  BookingListQuery,
  ChangeBookingDto,
  CreateBookingDto,
} from './dto/bookings.dto';

@ApiTags('bookings')
@ApiBearerAuth()
@Controller('api/clubs/:clubId/bookings')
export class BookingsController {
  constructor(private readonly bookings: BookingsService) {}

  @Post()
  @ApiOperation({
    summary: 'Plans a recording',
    description:
      'Admins; players for themselves where the club has `players_book` (10 ahead at most). The service opens the session ' +
      'ten seconds before, records from `starts_at` to `ends_at` and goes on trying until the end where something is in the ' +
      'way. The session is the owner’s. Times of one court never overlap.',
  })
  @ApiCreatedResponse({ type: BookingAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'booking_overlap', 'booking_limit')
  async create(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Body() dto: CreateBookingDto,
    @FromCaller() caller: Caller,
  ): Promise<BookingAnswer> {
    return { success: true, booking: await this.bookings.create(user, clubId, dto, caller) };
  }

  @Get()
  @ApiOperation({
    summary: "Lists a club's planned recordings",
    description:
      'Members. A day of the club’s calendar, what has ended or was cancelled included; without `day`, what is ahead. A ' +
      'player sees of others’ only their times.',
  })
  @ApiOkResponse({ type: BookingListAnswer })
  @ApiProblems('validation_failed', 'not_found')
  async list(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Query() query: BookingListQuery,
  ): Promise<BookingListAnswer> {
    const { bookings, nextCursor } = await this.bookings.list(user, clubId, query);
    const answer: BookingListAnswer = { success: true, bookings, count: bookings.length };
    return nextCursor === null ? answer : { ...answer, next_cursor: nextCursor };
  }

  @Get(':id')
  @ApiOperation({ summary: 'A planned recording', description: 'Members; of others’ a player sees only the time.' })
  @ApiOkResponse({ type: BookingAnswer })
  @ApiProblems('validation_failed', 'not_found')
  async one(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Param('id', ParseIdPipe) id: number,
  ): Promise<BookingAnswer> {
    return { success: true, booking: await this.bookings.one(user, clubId, id) };
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Changes a planned recording', description: 'Its owner and the admins, before it begins.' })
  @ApiOkResponse({ type: BookingAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'booking_overlap', 'booking_begun', 'from_calendar')
  async change(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Param('id', ParseIdPipe) id: number,
    @Body() dto: ChangeBookingDto,
    @FromCaller() caller: Caller,
  ): Promise<BookingAnswer> {
    return { success: true, booking: await this.bookings.change(user, clubId, id, dto, caller) };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Cancels a planned recording',
    description:
      'Its owner and the admins, before it is recorded; stop the recording of one that is. Again: the same answer.',
  })
  @ApiNoContentResponse()
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'booking_begun', 'from_calendar')
  async cancel(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Param('id', ParseIdPipe) id: number,
    @FromCaller() caller: Caller,
  ): Promise<void> {
    await this.bookings.cancel(user, clubId, id, caller);
  }
}
