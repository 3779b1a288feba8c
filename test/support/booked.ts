import { Answer, Api } from './api';
import { until } from './until';

/** The wire's `booking`, as far as tests look at it. */
export interface BookingAnswer {
  readonly id: number;
  readonly status: string;
  readonly reason: string | null;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly session_id: string | null;
  readonly started_at: string | null;
  readonly late_seconds: number;
}

/** From when to when, in seconds from now; at least a minute, as the service wants it, so the start may lie behind. */
export interface WhenBooked {
  readonly from: number;
  readonly to: number;
}

/** What somebody plans in a club, over real HTTP. */
export class Booked {
  constructor(
    private readonly api: Api,
    private readonly clubId: number,
  ) {}

  get path(): string {
    return `/api/clubs/${this.clubId}/bookings`;
  }

  ask(courtId: number, { from, to }: WhenBooked, more: object = {}): Promise<Answer<{ booking: BookingAnswer }>> {
    const now = Date.now();
    const times = { starts_at: at(now, from), ends_at: at(now, to) };
    return this.api.post(this.path, { terrain_id: courtId, ...times, ...more });
  }

  /** @returns its number. @throws Error where it is refused */
  async make(courtId: number, when: WhenBooked, more: object = {}): Promise<number> {
    const { status, body, text } = await this.ask(courtId, when, more);
    if (status !== 201) throw new Error(`not booked: ${text}`);
    return body.booking.id;
  }

  async see(id: number): Promise<BookingAnswer> {
    const { status, body, text } = await this.api.get<{ booking: BookingAnswer }>(`${this.path}/${id}`);
    if (status !== 200) throw new Error(`no booking: ${text}`);
    return body.booking;
  }

  /** The booking once this holds of it; a service that is away, or cannot say now, is asked again. */
  that(id: number, holds: (booking: BookingAnswer) => boolean): Promise<BookingAnswer> {
    return until(async () => {
      const booking = await this.see(id).catch(() => null);
      return booking && holds(booking) ? booking : null;
    });
  }

  cancel(id: number): Promise<Answer<{ code?: string }>> {
    return this.api.delete(`${this.path}/${id}`);
  }
}

function at(now: number, seconds: number): string {
  return new Date(now + seconds * 1000).toISOString();
}
