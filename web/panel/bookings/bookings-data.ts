import { useQuery } from '@tanstack/react-query';
import { answer, api, type Schemas } from '../api/client';
import { queries } from '../app/queries';

/** A recording that is planned. */
export type Booking = Schemas['BookingView'];

const PAGE = 200;
/** What begins is to be seen beginning. */
const EVERY_MS = 10_000;

/** A club's bookings of a day of its own calendar, by their start. @param day `2026-05-01` */
export function useDay(clubId: number, day: string) {
  return useQuery({
    queryKey: ['bookings', clubId, day],
    queryFn: () => ask(clubId, day),
    refetchInterval: EVERY_MS,
  });
}

async function ask(clubId: number, day: string): Promise<readonly Booking[]> {
  const found: Booking[] = [];
  for (let cursor: string | undefined; ;) {
    const query = { day, limit: PAGE, ...(cursor !== undefined && { cursor }) };
    const params = { path: { clubId }, query };
    const { bookings, next_cursor } = await answer(api.GET('/api/clubs/{clubId}/bookings', { params }));
    found.push(...bookings);
    if (next_cursor === undefined) return found;
    cursor = next_cursor;
  }
}

/** @throws ApiProblem `validation_failed`, `forbidden`, `booking_overlap`, `booking_limit` */
export async function makeBooking(clubId: number, body: Schemas['CreateBookingDto']): Promise<Booking> {
  return (await answer(api.POST('/api/clubs/{clubId}/bookings', { params: { path: { clubId } }, body }))).booking;
}

/** @throws ApiProblem `validation_failed`, `forbidden`, `booking_overlap`, `booking_begun`, `from_calendar` */
export async function changeBooking({ id, club_id: clubId }: Booking, body: Schemas['ChangeBookingDto']) {
  const params = { path: { clubId, id } };
  return (await answer(api.PATCH('/api/clubs/{clubId}/bookings/{id}', { params, body }))).booking;
}

/** @throws ApiProblem `forbidden`, `booking_begun`, `from_calendar` */
export async function cancelBooking({ id, club_id: clubId }: Booking): Promise<void> {
  await answer(api.DELETE('/api/clubs/{clubId}/bookings/{id}', { params: { path: { clubId, id } } }));
}

/** Something was planned, moved or cancelled: here and on the wall. */
export async function bookingsChanged(): Promise<void> {
  await Promise.all(['bookings', 'bookings-ahead'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
}
