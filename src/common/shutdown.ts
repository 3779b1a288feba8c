import { Injectable, OnModuleDestroy } from '@nestjs/common';

/** Whether the service is ending: from that moment it takes no new work, while what runs comes to rest. */
@Injectable()
export class Shutdown implements OnModuleDestroy {
  private begun = false;

  get underWay(): boolean {
    return this.begun;
  }

  /** At the signal that ends the service; calling it again changes nothing. */
  begin(): void {
    this.begun = true;
  }

  onModuleDestroy(): void {
    this.begin();
  }
}
