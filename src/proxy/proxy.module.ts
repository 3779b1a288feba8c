import { Module } from '@nestjs/common';
import { Clock } from '../common/clock';
import { AppConfig } from '../config/app-config';
import { Toolchain } from '../media/toolchain';
import { CameraConnector } from './camera-connector';
import { CameraProbe } from './camera-probe';
import { CameraSnapshots } from './camera-snapshots';
import { LiveCameraProbe } from './live-camera-probe';
import { OutgoingHttp } from './outgoing-http';
import { CameraDiscovery } from './onvif/camera-discovery';

/** Everything that speaks to cameras. */
@Module({
  providers: [
    {
      provide: Toolchain,
      inject: [AppConfig, Clock],
      useFactory: (config: AppConfig, clock: Clock) =>
        new Toolchain(config.ffmpegPath, config.ffprobePath, clock, config.dataDir),
    },
    CameraConnector,
    CameraDiscovery,
    CameraSnapshots,
    OutgoingHttp,
    { provide: CameraProbe, useClass: LiveCameraProbe },
  ],
  exports: [Toolchain, CameraConnector, CameraDiscovery, CameraSnapshots, CameraProbe, OutgoingHttp],
})
export class ProxyModule {}
