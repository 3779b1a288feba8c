import { once } from 'node:events';
import { get, Server } from 'node:http';
import type { Socket } from 'node:net';
import { Client } from 'pg';
import { TestApp } from './test-app';
import { until } from './until';

const IS_WAITED_FOR = `SELECT 1 FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'UPDATE videos SET last_read_at%'`;

/**
 * Asks for a video's bytes and leaves while the service waits for the video's row, which is held meanwhile. Settles when the
 * service has seen its client go, and has the row.
 */
export async function leaveBeforeTheAnswer(
  service: TestApp,
  sessionId: string,
  url: string,
  headers: Record<string, string> = {},
): Promise<void> {
  const client = new Client(service.databaseUrl);
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM videos WHERE session_id = $1 FOR UPDATE', [sessionId]);
    const connected = once(service.app.getHttpServer() as Server, 'connection') as Promise<[Socket]>;
    const request = get(url, { agent: false, headers }).on('error', () => undefined);
    const [socket] = await connected;
    await until(async () => {
      // Within a transaction the view is read once.
      await client.query('SELECT pg_stat_clear_snapshot()');
      return ((await client.query(IS_WAITED_FOR)).rowCount ?? 0) > 0;
    });
    const closed = once(socket, 'close');
    request.destroy();
    await closed;
  } finally {
    await client.end();
  }
}
