import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClubsModule } from '../clubs/clubs.module';
import { ScheduledTasksModule } from '../maintenance/scheduled-tasks.module';
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
import { Booking, BookingPlayer } from './entities/booking.entity';

/** Planned recordings. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Booking, BookingPlayer]),
    ClubsModule,
    SessionsModule,
    RecordingModule,
    RecordingLogModule,
    RuntimeModule,
    ScheduledTasksModule,
    WebhookOutboxModule,
  ],
  controllers: [BookingsController],
  providers: [BookingRunner, BookingStore, BookingViews, BookingsService],
})
export class BookingsModule {}
