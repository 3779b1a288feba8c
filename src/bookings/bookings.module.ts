import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClubsModule } from '../clubs/clubs.module';
import { ScheduledTasksModule } from '../maintenance/scheduled-tasks.module';
import { ProxyModule } from '../proxy/proxy.module';
import { RecordingLogModule } from '../recording/recording-log.module';
import { RecordingModule } from '../recording/recording.module';
import { RuntimeModule } from '../runtime/runtime.module';
import { SessionsModule } from '../sessions/sessions.module';
import { WebhookOutboxModule } from '../webhooks/webhook-outbox.module';
import { BookingRunner } from './booking-runner.service';
import { BookingStore } from './booking-store';
import { BookingViews } from './booking-views.service';
import { BookingsController } from './bookings.controller';
import { BookingsService } from './bookings.service';
import { CalendarBookings } from './calendar/calendar-bookings.service';
import { CalendarFetcher } from './calendar/calendar-fetcher.service';
import { CalendarsController } from './calendar/calendars.controller';
import { CourtCalendars } from './calendar/court-calendars.service';
import { Booking, BookingPlayer } from './entities/booking.entity';

/** Planned recordings. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Booking, BookingPlayer]),
    ClubsModule,
    ProxyModule,
    SessionsModule,
    RecordingModule,
    RecordingLogModule,
    RuntimeModule,
    ScheduledTasksModule,
    WebhookOutboxModule,
  ],
  controllers: [BookingsController, CalendarsController],
  providers: [
    BookingRunner,
    BookingStore,
    BookingViews,
    BookingsService,
    CalendarBookings,
    CalendarFetcher,
    CourtCalendars,
  ],
})
export class BookingsModule {}
