import type { ReactNode } from 'react';
import { time } from '../i18n/format';
import { BookingBadge } from './booking-badge';
import classes from './bookings.module.css';
import type { Booking } from './bookings-data';
import { type BookingLook, isOver } from './states';

/** A day of bookings, as both of its shapes show it. */
export interface Agenda {
  readonly bookings: readonly Booking[];
  readonly courts: readonly { readonly id: number; readonly name: string }[];
  readonly timeZone: string;
  /** Epoch milliseconds of the service. */
  readonly now: number;
  readonly looks: ReadonlyMap<number, BookingLook>;
  readonly onOpen: (booking: Booking) => void;
}

/** What it is about: its name, or whose it is; `null`: somebody else's. */
export function whatOf({ mine, title, owner, players }: Booking): string | null {
  if (!mine) return null;
  return title ?? [owner, ...players].flatMap((person) => (person === null ? [] : [person.name])).join(', ');
}

/** One booking: a button where there is more to know of it, and else a time that is taken. */
export function BookingBox(props: {
  readonly booking: Booking;
  readonly agenda: Agenda;
  readonly children: ReactNode;
}) {
  const { booking, agenda, children } = props;
  const look = lookOf(booking, agenda);
  const over = isOver(booking, agenda.now) || undefined;
  if (!booking.mine) {
    return (
      <div className={classes.booking} data-look={look} data-over={over}>
        {children}
      </div>
    );
  }
  return (
    <button
      type="button"
      className={classes.booking}
      data-look={look}
      data-over={over}
      aria-haspopup="dialog"
      onClick={() => agenda.onOpen(booking)}
    >
      {children}
    </button>
  );
}

/** Its state, as far as one may know it. */
export function StateOf({ booking, agenda }: { readonly booking: Booking; readonly agenda: Agenda }) {
  return <BookingBadge look={lookOf(booking, agenda)} />;
}

/** From when to when, as clocks of the club show it. */
export function timesOf({ starts_at, ends_at }: Booking, timeZone: string): [string, string] {
  return [time(starts_at, timeZone), time(ends_at, timeZone)];
}

function lookOf(booking: Booking, { looks }: Agenda): BookingLook | 'booked' {
  if (!booking.mine) return 'booked';
  return looks.get(booking.id) ?? booking.status;
}
