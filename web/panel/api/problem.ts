import type { components } from './schema';

/** A fault of one field of a form. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

/** `code` where the service could not be asked at all. */
export const NETWORK = 'network';

/** An answer that is a problem (RFC 9457), or none at all ({@link NETWORK}). `code` is one of docs/errors.md. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly errors: readonly FieldFault[] = [],
    /** The open session, where the court is in use and one may see it. */
    readonly sessionId: string | null = null,
    /** After so many milliseconds it may be asked again. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(detail);
    this.name = 'ApiProblem';
  }

  /** Of an answer that is not a success. */
  static async of(response: Response, body?: unknown): Promise<ApiProblem> {
    const read = body ?? (await response.json().catch(() => null));
    const problem = (typeof read === 'object' && read !== null ? read : {}) as Partial<
      components['schemas']['Problem'] & { errors: FieldFault[]; session_id: string }
    >;
    const seconds = Number(response.headers.get('retry-after') ?? NaN);
    return new ApiProblem(
      response.status,
      problem.code ?? NETWORK,
      problem.detail ?? problem.title ?? '',
      problem.errors ?? [],
      problem.session_id ?? null,
      Number.isFinite(seconds) ? Math.min(seconds * 1000, 30_000) : null,
    );
  }

  static network(cause: unknown): ApiProblem {
    return Object.assign(new ApiProblem(0, NETWORK, ''), { cause });
  }

  /** Not the question's fault: the same one may be answered later. */
  get passing(): boolean {
    // The service's own 502 says what is wrong with a camera; a proxy's, in words of no code, that the service is away.
    const isProxys = this.status > 500 && this.code === NETWORK;
    return this.status === 0 || this.status === 503 || this.status >= 520 || isProxys;
  }
}
