import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CourtUsage } from '../clubs/court-usage';
import { ClubsModule } from '../clubs/clubs.module';
import { LoadSource } from '../health/load-figures';
import { ScheduledTasksModule } from '../maintenance/scheduled-tasks.module';
import { ProxyModule } from '../proxy/proxy.module';
import { RecordingLogModule } from '../recording/recording-log.module';
import { RuntimeModule } from '../runtime/runtime.module';
import { AngleStore } from './angle-store';
import { Angles } from './angles.service';
import { CameraSlots } from './camera-slots.service';
import { CameraSession, SessionPlayer } from './entities/camera-session.entity';
import { MatchAngles } from './match-angles.service';
import { MatchNamesService } from './match-names.service';
import { MediaUrlController } from './media-url.controller';
import { OpenSessions } from './open-sessions.service';
import { PlayerThrottle } from './player-throttle';
import { SessionJanitor } from './session-janitor.service';
import { RightToWatch } from './right-to-watch.service';
import { SessionHealth } from './session-health';
import { SessionLoad } from './session-load.service';
import { SessionMirror } from './session-mirror.service';
import { SessionOwners } from './session-owners.service';
import { SessionStore } from './session-store';
import { SessionPlayers } from './session-players.service';
import { SessionPlayersController } from './session-players.controller';
import { SessionsController } from './sessions.controller';
import { SessionsService } from './sessions.service';

@Module({
  imports: [
    TypeOrmModule.forFeature([CameraSession, SessionPlayer]),
    ClubsModule,
    RuntimeModule,
    ProxyModule,
    RecordingLogModule,
    ScheduledTasksModule,
  ],
  controllers: [SessionPlayersController, SessionsController, MediaUrlController],
  providers: [
    AngleStore,
    Angles,
    CameraSlots,
    MatchAngles,
    MatchNamesService,
    PlayerThrottle,
    SessionPlayers,
    SessionStore,
    SessionMirror,
    SessionOwners,
    SessionHealth,
    RightToWatch,
    SessionsService,
    SessionJanitor,
    { provide: CourtUsage, useClass: OpenSessions },
    { provide: LoadSource, useClass: SessionLoad },
  ],
  exports: [
    AngleStore,
    Angles,
    CameraSlots,
    MatchAngles,
    MatchNamesService,
    RightToWatch,
    SessionHealth,
    SessionJanitor,
    SessionsService,
  ],
})
export class SessionsModule {}
