import { Module } from '@nestjs/common';
import { RuntimeModule } from '../runtime/runtime.module';
import { SessionsModule } from '../sessions/sessions.module';
import { PreviewController } from './preview.controller';
import { PreviewService } from './preview.service';
import { RightToWatch } from './right-to-watch.service';
import { ViewerSlots } from './viewer-slots';

/** Watching a court: pictures for whoever may see its session. */
@Module({
  imports: [SessionsModule, RuntimeModule],
  controllers: [PreviewController],
  providers: [PreviewService, RightToWatch, ViewerSlots],
})
export class PreviewModule {}
