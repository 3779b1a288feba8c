import { ApiProblem } from '../api/problem';
import type { components, paths } from '../api/schema';

export type User = components['schemas']['UserView'];
type Tokens = components['schemas']['TokensAnswer'];

/** What this file asks of the service. */
type AuthPath = EntryPath | '/api/auth/club' | '/api/auth/logout' | '/api/auth/refresh';
/** What answers as a sign-in does. */
type EntryPath = '/api/auth/login' | '/api/auth/invitations/accept' | '/api/auth/register/confirm';
type Body<Path extends AuthPath> = NonNullable<paths[Path]['post']['requestBody']>['content']['application/json'];

export type Access =
  /** A sign-in of before may be taken up; nobody knows yet. */
  | { readonly phase: 'starting'; readonly user: null }
  /** The sign-in of before could not be asked for: the service does not answer. */
  | { readonly phase: 'unreachable'; readonly user: null }
  | { readonly phase: 'out'; readonly user: null; readonly why: 'never' | 'left' | 'ended' }
  | { readonly phase: 'in'; readonly user: User };

const KNOWN = 'padelvar.signed-in';
const TURN = 'padelvar.refresh';
/** Where no tab can wait for its turn, the one that came second finds the first one's cookie after so long. */
const SECOND_TRY_MS = 1_500;

/**
 * Who is signed in. The access token is in memory only; the refresh token and the right to load media travel as cookies
 * that no script reads.
 */
class Auth {
  private access: Access = { phase: 'starting', user: null };
  private token = '';
  private renewing: Promise<boolean> | null = null;
  private readonly listeners = new Set<() => void>();

  readonly get = (): Access => this.access;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Takes up the sign-in of before, where this browser had one. */
  async resume(): Promise<void> {
    if (localStorage.getItem(KNOWN) === null) return this.set({ phase: 'out', user: null, why: 'never' });
    try {
      if (!(await this.renew())) this.forget('ended');
    } catch {
      this.set({ phase: 'unreachable', user: null });
    }
  }

  /** @throws ApiProblem */
  signIn(email: string, password: string): Promise<void> {
    return this.enter('/api/auth/login', { email, password });
  }

  /** Whatever answers as a sign-in does. @throws ApiProblem */
  async enter<Path extends EntryPath>(path: Path, body: Omit<Body<Path>, 'cookie'>): Promise<void> {
    const tokens = await this.post<Path, Tokens>(path, { ...body, cookie: true } as Body<Path>);
    // Whoever was here before has left: nothing they saw is for who comes.
    if (this.access.phase === 'in') this.set({ phase: 'out', user: null, why: 'left' });
    this.take(tokens);
  }

  /** Makes another club of theirs the active one: that trades the refresh token too. @throws ApiProblem */
  async switchClub(clubId: number): Promise<void> {
    const ask = (): Promise<Response> => this.inTurn(() => this.send(request('/api/auth/club', { club_id: clubId })));
    let response = await ask();
    // Renewing has a turn of its own: it must not wait for this one's end.
    if (response.status === 401 && (await this.renew())) response = await ask();
    if (!response.ok) throw await ApiProblem.of(response);
    this.take((await response.json()) as Tokens);
  }

  /** @throws ApiProblem where the service did not hear of it: then they are still signed in */
  async signOut(): Promise<void> {
    // With the access token: by the cookie alone nobody is signed out.
    const response = await this.fetch(request('/api/auth/logout', {}));
    if (!response.ok && response.status !== 401) throw await ApiProblem.of(response);
    this.forget('left');
  }

  /** Another tab of this browser signed out, or somebody else in: the cookies are theirs, so this tab follows. */
  follow(userId: string | null): void {
    if (this.access.phase !== 'in' || userId === String(this.access.user.id)) return;
    if (userId === null) this.forget('left');
    else location.reload();
  }

  /** Forgets who was signed in; what the service knows of it is not touched. */
  forget(why: 'left' | 'ended'): void {
    this.token = '';
    localStorage.removeItem(KNOWN);
    this.set({ phase: 'out', user: null, why });
  }

  /**
   * Asks the service as whoever is signed in; renews the access token where it has run out.
   * @throws ApiProblem `network` where nothing was answered
   */
  async fetch(request: Request): Promise<Response> {
    if (this.renewing) await this.renewing.catch(() => false);
    const spare = request.clone();
    const response = await this.send(request);
    if (response.status !== 401 || this.access.phase !== 'in') return response;
    if (await this.renew()) return this.send(spare);
    this.forget('ended');
    return response;
  }

  private async send(request: Request): Promise<Response> {
    if (this.token !== '') request.headers.set('authorization', `Bearer ${this.token}`);
    try {
      return await fetch(request);
    } catch (error) {
      throw ApiProblem.network(error);
    }
  }

  private renew(): Promise<boolean> {
    const ask = async (): Promise<boolean> => {
      try {
        this.take(await this.post<'/api/auth/refresh', Tokens>('/api/auth/refresh', {}));
        return true;
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 401) return false;
        throw error;
      }
    };
    const turn = async (): Promise<boolean> => {
      if (await this.inTurn(ask)) return true;
      await new Promise((resolve) => setTimeout(resolve, SECOND_TRY_MS));
      return this.inTurn(ask);
    };
    return (this.renewing ??= turn().finally(() => (this.renewing = null)));
  }

  /** A refresh token is good once and all tabs share it: they take turns where the browser lets them (HTTPS, localhost). */
  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    return 'locks' in navigator ? await navigator.locks.request(TURN, work) : await work();
  }

  private async post<Path extends AuthPath, T>(path: Path, body: Body<Path>): Promise<T> {
    // It arrives also where the page is left meanwhile: an answer that is lost takes the new refresh token with it.
    const response = await fetch(request(path, body), { keepalive: true }).catch((error: unknown) => {
      throw ApiProblem.network(error);
    });
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) throw await ApiProblem.of(response, answer);
    return answer as T;
  }

  private take({ access_token, user }: Tokens): void {
    // Somebody else signed in in another tab: nothing of this one's is theirs to see.
    if (this.access.phase === 'in' && this.access.user.id !== user.id) return location.reload();
    this.token = access_token;
    localStorage.setItem(KNOWN, String(user.id));
    this.set({ phase: 'in', user });
  }

  private set(access: Access): void {
    this.access = access;
    for (const listener of [...this.listeners]) listener();
  }
}

function request<Path extends AuthPath>(path: Path, body: Body<Path>): Request {
  const headers = { 'content-type': 'application/json' };
  return new Request(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

export const auth = new Auth();

addEventListener('storage', ({ key, newValue }) => {
  if (key === KNOWN) auth.follow(newValue);
});
