import { type Agenda, BookingBox, StateOf, timesOf, whatOf } from './agenda-parts';
import classes from './bookings.module.css';
import { remarkOf } from './words';

/** A day as a list by time, for phones. */
export function DayList({ agenda }: { readonly agenda: Agenda }) {
  const { bookings, courts, timeZone } = agenda;
  return (
    <ul className={classes.list}>
      {bookings.map((booking) => {
        const [from, to] = timesOf(booking, timeZone);
        const court = courts.find(({ id }) => id === booking.terrain_id)?.name ?? '';
        const remark = remarkOf(booking);
        return (
          <li key={booking.id}>
            <BookingBox booking={booking} agenda={agenda}>
              <span className={classes.times}>
                <span>{from} –</span>
                <span>{to}</span>
              </span>
              <span className={classes.rest}>
                <span className={classes.first}>
                  <span>{court}</span>
                  <StateOf booking={booking} agenda={agenda} />
                </span>
                {booking.mine && <span className={classes.what}>{whatOf(booking)}</span>}
                {remark !== null && <span className={classes.remark}>{remark}</span>}
              </span>
            </BookingBox>
          </li>
        );
      })}
    </ul>
  );
}
