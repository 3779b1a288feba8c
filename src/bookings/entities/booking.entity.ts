import { Column, CreateDateColumn, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { BookingStatus } from '../booking-state';

/** Where a booking comes from: somebody made it, or a court's calendar has it. */
export type BookingSource = 'manual' | 'ical';

/** A recording that is planned. */
@Entity('bookings')
export class Booking {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS' })
  id: number;

  @Column('integer', { name: 'club_id' })
  clubId: number;

  @Column('integer', { name: 'court_id' })
  courtId: number;

  /** Whose session it will be. */
  @Column('integer', { name: 'owner_id' })
  ownerId: number;

  @Column('integer', { name: 'created_by' })
  createdBy: number;

  @Column('timestamptz', { name: 'starts_at' })
  startsAt: Date;

  @Column('timestamptz', { name: 'ends_at' })
  endsAt: Date;

  @Column('text', { nullable: true })
  title: string | null;

  @Column('text', { default: 'planned' })
  status: BookingStatus;

  /** Why it is so, or what is in the way. */
  @Column('text', { nullable: true })
  reason: string | null;

  @Column('uuid', { name: 'session_id', nullable: true })
  sessionId: string | null;

  /** When its recording was there. */
  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt: Date | null;

  @Column('text', { default: 'manual' })
  source: BookingSource;

  @Column('text', { name: 'external_uid', nullable: true })
  externalUid: string | null;

  @Column('text', { name: 'external_recurrence', nullable: true })
  externalRecurrence: string | null;

  /** Who said that the players were told of the club's note. */
  @Column('integer', { name: 'consent_by', nullable: true })
  consentBy: number | null;

  @Column('timestamptz', { name: 'consent_at', nullable: true })
  consentAt: Date | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;
}

/** Another player of a match that is planned. */
@Entity('booking_players')
export class BookingPlayer {
  @PrimaryColumn('integer', { name: 'booking_id' })
  bookingId: number;

  @PrimaryColumn('integer', { name: 'user_id' })
  userId: number;
}
