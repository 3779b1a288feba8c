import { Global, Module } from '@nestjs/common';
import { Clock, SystemClock } from './clock';
import { EventLoop } from './event-loop';
import { Shutdown } from './shutdown';

/** What every room may inject: the {@link Clock}, and how this very process does. */
@Global()
@Module({
  providers: [{ provide: Clock, useClass: SystemClock }, EventLoop, Shutdown],
  exports: [Clock, EventLoop, Shutdown],
})
export class CommonModule {}
