import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock';
import { ClockDoubt } from './clock-doubt';
import { MaintenanceAlarm } from './maintenance-alarm';

/** Wall time for decisions that cannot be taken back. */
@Injectable()
export class TrustedTime {
  private readonly doubt = new ClockDoubt();

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Epoch milliseconds by the database's clock, by which rows are dated.
   * @throws MaintenanceAlarm where the clock cannot be trusted
   */
  async now(): Promise<number> {
    const [row] = await this.database.query<{ now: Date; trusted_at: Date | null }[]>(
      'SELECT now() AS now, trusted_at FROM installation',
    );
    if (!row) throw new Error('the table installation has no row');
    const wall = this.clock.now();
    const database = row.now.getTime();
    const trusted = row.trusted_at?.getTime() ?? null;
    const why = this.doubt.consider({ wall, monotonic: this.clock.monotonic(), database, trusted });
    if (why !== null) throw new MaintenanceAlarm(why, { wall: new Date(wall), database: row.now });
    await this.database.query('UPDATE installation SET trusted_at = $1', [row.now]);
    return database;
  }

  /** The earlier of the two clocks: what seems young by either is young. */
  async earliest(): Promise<number> {
    const [row] = await this.database.query<{ now: Date }[]>('SELECT now() AS now');
    return Math.min(this.clock.now(), row?.now.getTime() ?? 0);
  }
}
