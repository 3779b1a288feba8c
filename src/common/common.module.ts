import { Global, Module } from '@nestjs/common';
import { Clock, SystemClock } from './clock';

/** What every room may inject: the {@link Clock}. */
@Global()
@Module({
  providers: [{ provide: Clock, useClass: SystemClock }],
  exports: [Clock],
})
export class CommonModule {}
