import { Client, ClientConfig } from 'pg';
import { DATABASE_UNAVAILABLE } from '../common/database-error';

/**
 * Times in milliseconds. A call to the API fails within 2 s when the database is away, whether it refuses, is silent
 * (stopped, cable pulled) or vanishes in the middle; so a query that takes longer than 1.8 s has failed.
 */
export const DATABASE_LIMITS = {
  poolSize: 10,
  connectMs: 1500,
  queryMs: 1800,
  statementMs: 1700,
  lockMs: 1200,
  idleInTransactionMs: 15_000,
} as const;

type Callback = (error: Error | null, result?: unknown) => void;

/**
 * A connection that marks its own failures as "database unavailable", and that is dropped when a query gets no answer:
 * pg only stops waiting, and would hand the deaf connection to the next caller.
 */
export class DatabaseClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    // Without a listener, a connection cut while idle and outside the pool's sight would end the process.
    this.on('error', () => undefined);
  }

  override connect(): Promise<Client>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): Promise<Client> | void {
    if (!callback) return super.connect().catch((error: unknown) => Promise.reject(markUnavailable(error)));
    super.connect((error: Error) => callback(error ? markUnavailable(error) : error));
  }

  /** Untyped on purpose: pg's overloads all end here, and only the way the result is told differs. */
  private readonly send = super.query.bind(this) as (...args: unknown[]) => unknown;

  override query = ((...args: unknown[]): unknown => {
    const last = args[args.length - 1];
    if (typeof last === 'function') {
      const callback = last as Callback;
      return this.send(...args.slice(0, -1), (error: Error | null, result?: unknown) => {
        callback(error ? this.failed(error) : error, result);
      });
    }
    const sent = this.send(...args);
    return sent instanceof Promise ? sent.catch((error: unknown) => Promise.reject(this.failed(error))) : sent;
  }) as Client['query'];

  private failed<T>(error: T): T {
    if (error instanceof Error && error.message === 'Query read timeout') this.drop();
    return markNetworkError(error);
  }

  private drop(): void {
    const { connection } = this as unknown as { connection?: { stream?: { destroy(): void } } };
    connection?.stream?.destroy();
  }
}

function markUnavailable<T>(error: T): T {
  // A wrong password or a missing database is no outage, but neither can a caller do anything else about it.
  if (error instanceof Error) Object.defineProperty(error, DATABASE_UNAVAILABLE, { value: true });
  return error;
}

function markNetworkError<T>(error: T): T {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^E[A-Z]+$/.test(code) ? markUnavailable(error) : error;
}
