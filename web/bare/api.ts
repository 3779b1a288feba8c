import { SignedOutError } from '../live';
import { t } from './texts';

export interface User {
  readonly id: number;
  readonly name: string;
  readonly role: 'SUPER_ADMIN' | 'CLUB_ADMIN' | 'PLAYER';
  readonly memberships: readonly { readonly club_id: number }[];
}

export interface Court {
  readonly id: number;
  readonly name: string;
}

export interface Club {
  readonly id: number;
  readonly name: string;
  /** What players are told before they are filmed. */
  readonly consent_note: string | null;
}

/** In seconds of the recording. */
export interface Gap {
  readonly start_seconds: number;
  readonly end_seconds: number;
}

export interface Recording {
  readonly status: string;
  readonly active: boolean;
  readonly started_at: string | null;
  readonly stopped_at: string | null;
  readonly duration_seconds: number;
  readonly gaps: readonly Gap[];
}

export interface Session {
  readonly session_id: string;
  readonly terrain_id: number;
  readonly club_id: number;
  readonly user_id: number;
  readonly status: string;
  readonly camera: { readonly fps: number | null };
  readonly recording: Recording | null;
}

const KNOWN = 'padelvar.signed-in';

/** An answer that is a problem (RFC 9457), or none at all (`network`). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly sessionId?: string,
  ) {
    super(detail);
  }
}

/** The service's API for one signed-in person; the refresh token and the right to load media travel as cookies. */
export class Api {
  user: User | null = null;
  /** The sign-in is over, and no refresh helps: somebody has to sign in. */
  onSignedOut: () => void = () => undefined;
  private token = '';
  private refreshing: Promise<boolean> | null = null;

  /** Whether this browser signed in before and may take that up; without asking the service in vain. */
  get knowsMe(): boolean {
    return localStorage.getItem(KNOWN) !== null;
  }

  async signIn(email: string, password: string): Promise<void> {
    this.take(await this.send('POST', '/api/auth/login', { email, password, cookie: true }));
  }

  async signOut(): Promise<void> {
    await this.send('POST', '/api/auth/logout', {}).catch(() => undefined);
    this.forget();
  }

  private forget(): void {
    this.token = '';
    this.user = null;
    localStorage.removeItem(KNOWN);
  }

  /**
   * Takes up the sign-in of before; false: somebody has to sign in.
   * @param onAsked it is this tab's turn, and the service has been asked
   */
  resume(onAsked: () => void = () => undefined): Promise<boolean> {
    const refresh = async (): Promise<boolean> => {
      try {
        const answer = this.send<{ access_token: string; user: User }>('POST', '/api/auth/refresh', {});
        onAsked();
        this.take(await answer);
        return true;
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) return false;
        throw error;
      }
    };
    // A refresh token is good once and all tabs share it: they take turns where the browser lets them (HTTPS, localhost).
    const turn = async (): Promise<boolean> =>
      'locks' in navigator ? navigator.locks.request('padelvar.refresh', refresh) : refresh();
    return (this.refreshing ??= turn().finally(() => (this.refreshing = null)));
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  post<T>(path: string, body: object): Promise<T> {
    return this.call<T>('POST', path, body);
  }

  /** @throws SignedOutError where no ticket can be had before somebody signs in. */
  async ticket(): Promise<string> {
    try {
      return (await this.post<{ ticket: string }>('/api/preview/ticket', {})).ticket;
    } catch (error) {
      throw error instanceof ApiError && error.status === 401 ? new SignedOutError() : error;
    }
  }

  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    // A page may ask before its sign-in is taken up again.
    if (this.user === null && this.refreshing) await this.refreshing;
    try {
      return await this.send<T>(method, path, body);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      if (await this.resume()) return this.send<T>(method, path, body);
      this.signedOut();
      throw error;
    }
  }

  private signedOut(): void {
    if (this.user === null) return;
    this.forget();
    this.onSignedOut();
  }

  private async send<T>(method: string, path: string, body?: object): Promise<T> {
    const headers: Record<string, string> = this.token === '' ? {} : { authorization: `Bearer ${this.token}` };
    if (body) headers['content-type'] = 'application/json';
    const response = await fetch(path, { method, headers, ...(body && { body: JSON.stringify(body) }) }).catch(
      () => null,
    );
    if (response === null) throw new ApiError(0, 'network', t('network'));
    const answer = (await response.json().catch(() => null)) as T & {
      code?: string;
      detail?: string;
      session_id?: string;
    };
    if (response.ok) return answer;
    const { code = 'network', detail = t('network'), session_id } = answer ?? {};
    throw new ApiError(response.status, code, detail, session_id);
  }

  private take(answer: { access_token: string; user: User }): void {
    this.token = answer.access_token;
    this.user = answer.user;
    localStorage.setItem(KNOWN, String(answer.user.id));
  }
}
