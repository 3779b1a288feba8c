import { MigrationInterface, QueryRunner } from 'typeorm';

/** One-use tickets for WebSockets, which can send no header. */
export class LiveTickets1700000000003 implements MigrationInterface {
  name = 'LiveTickets1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE live_tickets (
        token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
        sign_in_id uuid NOT NULL REFERENCES sign_ins (id) ON DELETE CASCADE,
        user_id integer NOT NULL REFERENCES users (id),
        -- The club that was active for whoever asked; none for a SUPER_ADMIN.
        club_id integer REFERENCES clubs (id),
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX live_tickets_sign_in_idx ON live_tickets (sign_in_id);
      CREATE INDEX live_tickets_expiry_idx ON live_tickets (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE live_tickets;');
  }
}
