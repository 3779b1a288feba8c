import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The audit trail is only ever added to, also by its owner: nothing but taking this trigger away changes a line. What
 * the service itself may do on the table is granted at each start (`src/database/service-role.ts`).
 */
export class AuditTrail1700000000040 implements MigrationInterface {
  name = 'AuditTrail1700000000040';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The trail is read newest first, whole or of one club, person, thing or action: each in the order of an index.
      DROP INDEX audit_log_club_idx, audit_log_actor_idx;
      CREATE INDEX audit_log_at_idx ON audit_log (at, id);
      CREATE INDEX audit_log_club_idx ON audit_log (club_id, at, id);
      CREATE INDEX audit_log_actor_idx ON audit_log (actor_id, at, id);
      CREATE INDEX audit_log_target_idx ON audit_log (target, at, id);
      -- In the order of bytes, so that actions that begin alike stand together whatever the database's language.
      CREATE INDEX audit_log_action_idx ON audit_log (action COLLATE "C", at, id);

      CREATE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'audit_log is only ever added to: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
      END $$;

      -- For the statement, not the row: one that would meet no row is refused too, and TRUNCATE has no rows.
      CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
        FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse();
      -- Also in a session that replays another database's changes (session_replication_role).
      ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_append_only;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER audit_log_append_only ON audit_log;
      DROP FUNCTION audit_log_refuse();
      DROP INDEX audit_log_at_idx, audit_log_club_idx, audit_log_actor_idx, audit_log_target_idx, audit_log_action_idx;
      CREATE INDEX audit_log_club_idx ON audit_log (club_id, id);
      CREATE INDEX audit_log_actor_idx ON audit_log (actor_id, id);
    `);
  }
}
