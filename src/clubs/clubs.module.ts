import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SecretBox } from '../common/secret-box';
import { AppConfig } from '../config/app-config';
import { KeySource } from '../health/key-source';
import { ScheduledTasksModule } from '../maintenance/scheduled-tasks.module';
import { ProxyModule } from '../proxy/proxy.module';
import { WebhookOutboxModule } from '../webhooks/webhook-outbox.module';
import { CameraDiscoveryController } from './camera-discovery.controller';
import { CameraDiscoveryService } from './camera-discovery.service';
import { CameraKeys } from './camera-keys.service';
import { CameraTestsService } from './camera-tests.service';
import { CamerasService } from './cameras.service';
import { ClubLogoController } from './club-logo.controller';
import { ClubLogos } from './club-logos.service';
import { ClubLimits } from './club-limits.service';
import { ClubsController } from './clubs.controller';
import { ClubsService } from './clubs.service';
import { CourtCamerasController } from './court-cameras.controller';
import { CourtCameras } from './court-cameras.service';
import { CourtUsageProvider } from './court-usage.provider';
import { CourtsController } from './courts.controller';
import { CourtsService } from './courts.service';
import { Camera } from './entities/camera.entity';
import { Club } from './entities/club.entity';
import { Court } from './entities/court.entity';
import { CameraLooks } from './watch/camera-looks.service';
import { CameraOutages } from './watch/camera-outages.service';
import { CameraStates } from './watch/camera-states.service';
import { CameraWatch } from './watch/camera-watch.service';
import { UserChangesService } from './user-changes.service';
import { UsersController } from './users.controller';
import { UsersService } from './users.service';

/** Clubs, their courts with cameras, and their people. */
@Module({
  imports: [TypeOrmModule.forFeature([Club, Court, Camera]), ProxyModule, ScheduledTasksModule, WebhookOutboxModule],
  controllers: [
    CameraDiscoveryController,
    ClubsController,
    ClubLogoController,
    CourtCamerasController,
    CourtsController,
    UsersController,
  ],
  providers: [
    {
      provide: SecretBox,
      inject: [AppConfig],
      useFactory: (config: AppConfig) => new SecretBox([config.secretsKey, ...config.olderSecretsKeys]),
    },
    CameraDiscoveryService,
    CameraKeys,
    { provide: KeySource, useExisting: CameraKeys },
    CameraLooks,
    CameraOutages,
    CameraStates,
    CameraTestsService,
    CameraWatch,
    CamerasService,
    ClubLimits,
    ClubLogos,
    ClubsService,
    CourtCameras,
    CourtsService,
    CourtUsageProvider,
    UserChangesService,
    UsersService,
  ],
  exports: [
    CameraLooks,
    CameraOutages,
    CameraStates,
    CameraWatch,
    CamerasService,
    ClubLimits,
    ClubLogos,
    ClubsService,
    CourtUsageProvider,
    CourtsService,
    SecretBox,
    UsersService,
  ],
})
export class ClubsModule {}
