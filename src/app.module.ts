import { DynamicModule, MiddlewareConsumer, Module, NestModule, RequestMethod } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import cookieParser from 'cookie-parser';
import type { DestinationStream } from 'pino';
import { AccountsModule } from './accounts/accounts.module';
import { ActivityModule } from './activity/activity.module';
import { AuditModule } from './audit/audit.module';
import { AuthModule } from './auth/auth.module';
import { BookingsModule } from './bookings/bookings.module';
import { ClubsModule } from './clubs/clubs.module';
import { CompressionModule } from './compression/compression.module';
import { CommonModule } from './common/common.module';
import { LoggingModule } from './common/logging.module';
import { checkUrl, jsonBody } from './common/request-checks';
import { AppConfig } from './config/app-config';
import { ConfigModule } from './config/config.module';
import { DatabaseModule } from './database/database.module';
import { FilesModule } from './files/files.module';
import { HealthModule } from './health/health.module';
import { HighlightsModule } from './highlights/highlights.module';
import { JobsModule } from './jobs/jobs.module';
import { MetricsModule } from './metrics/metrics.module';
import { MaintenanceModule } from './maintenance/maintenance.module';
import { OverviewModule } from './overview/overview.module';
import { MarkersModule } from './markers/markers.module';
import { ObjectsModule } from './objects/objects.module';
import { PrivacyModule } from './privacy/privacy.module';
import { PreviewModule } from './preview/preview.module';
import { RecordingModule } from './recording/recording.module';
import { SessionsModule } from './sessions/sessions.module';
import { SharesModule } from './shares/shares.module';
import { WebhooksModule } from './webhooks/webhooks.module';

/** Routes whose body is a picture: they read it themselves (`readPicture`). */
const PICTURES = [{ path: 'api/clubs/:id/logo', method: RequestMethod.PUT }];

/** The rooms. What they stand on (configuration, log, database) comes with {@link AppModule.forRoot}. */
@Module({
  imports: [
    AuthModule,
    // Before the clubs: routes are tried in this order, and `clubs/overview` is not the club of that id.
    OverviewModule,
    ClubsModule,
    AccountsModule,
    SessionsModule,
    RecordingModule,
    ActivityModule,
    FilesModule,
    CompressionModule,
    MarkersModule,
    HighlightsModule,
    SharesModule,
    BookingsModule,
    WebhooksModule,
    ObjectsModule,
    JobsModule,
    PreviewModule,
    PrivacyModule,
    MaintenanceModule,
    AuditModule,
    HealthModule,
    MetricsModule,
  ],
})
export class AppModule implements NestModule {
  /** @param log where log lines go instead of stdout (tests) */
  static forRoot(config: AppConfig, log?: DestinationStream): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggingModule.forRoot(config.logLevel, log),
        CommonModule,
        DatabaseModule,
        ScheduleModule.forRoot(),
      ],
    };
  }

  /** After the log's own middleware, so that a refused body has a request id too. */
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(checkUrl, cookieParser()).forRoutes('{*path}');
    consumer
      .apply(...jsonBody())
      .exclude(...PICTURES)
      .forRoutes('{*path}');
  }
}
