import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../common/clock';
import { isElsewhere, isGone } from '../runtime/process-identity';
import { CameraSession } from './entities/camera-session.entity';
import { LEASE_SECONDS, SessionStore } from './session-store';

const RENEW_MS = 5_000;

/** Who moves the bytes of which session, and whether it still lives. */
@Injectable()
export class SessionOwners {
  private readonly logger = new Logger(SessionOwners.name);
  /** When a lease of another machine was first found lapsed, by session; {@link Clock.monotonic}. */
  private readonly lapsedSince = new Map<string, number>();

  constructor(
    private readonly store: SessionStore,
    private readonly clock: Clock,
  ) {}

  @Interval(RENEW_MS)
  async renew(): Promise<void> {
    await this.store
      .renewLeases()
      .catch((error: unknown) => this.logger.warn({ err: error }, 'The leases of sessions could not be renewed.'));
  }

  /**
   * Whether the session's process is gone. Of this machine's processes the kernel tells. Of another machine's, its lease:
   * lapsed, and still so a lease later, for while the database was away nobody could renew anything.
   */
  isGone(session: Pick<CameraSession, 'id' | 'owner' | 'leaseLapsed'>): boolean {
    const { id, owner, leaseLapsed } = session;
    if (!owner) return true;
    if (!isElsewhere(owner)) return isGone(owner);
    if (!leaseLapsed) {
      this.lapsedSince.delete(id);
      return false;
    }
    const now = this.clock.monotonic();
    const since = this.lapsedSince.get(id) ?? now;
    this.lapsedSince.set(id, since);
    return now - since >= LEASE_SECONDS * 1000;
  }
}
