/** One caller of the API over real HTTP, with their token once signed in. */
export class Api {
  token: string | undefined;

  constructor(private readonly base: string) {}

  /** A caller of this service who is signed in. */
  static async signedIn(base: string, email: string, password: string): Promise<Api> {
    const api = new Api(base);
    const { body } = await api.post<{ access_token: string }>('/api/auth/login', { email, password });
    api.token = body.access_token;
    return api;
  }

  get<T>(path: string, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.send<T>('GET', path, undefined, headers);
  }

  post<T>(path: string, body: unknown = {}): Promise<Answer<T>> {
    return this.send<T>('POST', path, body);
  }

  patch<T>(path: string, body: unknown): Promise<Answer<T>> {
    return this.send<T>('PATCH', path, body);
  }

  put<T>(path: string, body: unknown): Promise<Answer<T>> {
    return this.send<T>('PUT', path, body);
  }

  delete<T>(path: string): Promise<Answer<T>> {
    return this.send<T>('DELETE', path);
  }

  /** The bytes of an answer. */
  async bytes(path: string, headers: Record<string, string> = {}): Promise<{ response: Response; body: Buffer }> {
    const response = await fetch(`${this.base}${path}`, { headers: { ...this.authorization(), ...headers } });
    return { response, body: Buffer.from(await response.arrayBuffer()) };
  }

  private async send<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const response = await fetch(`${this.base}${path}`, {
      method,
      headers: {
        ...this.authorization(),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = text === '' ? undefined : (JSON.parse(text) as unknown);
    return { status: response.status, body: parsed as T, headers: response.headers, text };
  }

  private authorization(): Record<string, string> {
    return this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
  }
}

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
  /** The body as it came. */
  readonly text: string;
}
