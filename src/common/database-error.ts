/** Set on errors of the connection to the database, where it is not evident from the error itself. */
export const DATABASE_UNAVAILABLE = Symbol.for('padelvar.database_unavailable');

/**
 * SQLSTATE classes and codes that say "not now" (PostgreSQL manual, appendix A): 08 connection, 53 out of resources,
 * 57P01–57P05 shutdown, crash, starting up, 57014 statement time-out, 58 I/O of the server, 25006 read only (fail-over).
 */
const UNAVAILABLE_STATE = /^(08...|53...|57P0[1-5]|57014|58...|25006|XX000)$/;

/** What pg, pg-pool and TypeORM say without a code when the connection is gone. */
const UNAVAILABLE_TEXT =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|Driver not Connected|Connection is not established|Query runner already released)/i;

interface ErrorLike {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly driverError?: unknown;
  readonly cause?: unknown;
  readonly [DATABASE_UNAVAILABLE]?: unknown;
}

function asErrorLike(error: unknown): ErrorLike | null {
  return typeof error === 'object' && error !== null ? (error as ErrorLike) : null;
}

/**
 * True where the database is away, restarting or overloaded: the caller may try again, and a `COMMIT` that failed so may
 * still have happened.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (
    let at = asErrorLike(error), depth = 0;
    at && depth < 4;
    at = asErrorLike(at.driverError ?? at.cause), depth += 1
  ) {
    if (at[DATABASE_UNAVAILABLE] === true) return true;
    if (typeof at.code === 'string' && UNAVAILABLE_STATE.test(at.code)) return true;
    if (typeof at.message === 'string' && UNAVAILABLE_TEXT.test(at.message)) return true;
    const driver = asErrorLike(at.driverError);
    if (driver && /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND)/.test(String(driver.code))) return true;
  }
  return false;
}

/** The SQLSTATE of a failed query (`23505`, …), or `null` where the error is not one. */
export function sqlState(error: unknown): string | null {
  const at = asErrorLike(error);
  const code = asErrorLike(at?.driverError)?.code ?? at?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

/** The unique constraint or index that a row violated, or `null` where the error is something else. */
export function violatedUnique(error: unknown): string | null {
  if (sqlState(error) !== '23505') return null;
  const source = (asErrorLike(error)?.driverError ?? error) as { constraint?: unknown };
  return typeof source.constraint === 'string' ? source.constraint : '';
}
