import type { IncomingMessage } from 'node:http';
import { OutgoingTransfer } from '../proxy/outgoing-http';
import { StoreHttp } from './store-http';

/** A request as the SDK hands it over, signed. */
interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface SdkAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: IncomingMessage;
}

/**
 * What carries the SDK's requests: not its own HTTP client, which knows no rules for addresses, follows what the environment says
 * of proxies, and keeps connections.
 */
export class S3Requests {
  readonly metadata = { handlerProtocol: 'http/1.1' };

  constructor(private readonly http: StoreHttp) {}

  async handle(request: SdkRequest, { abortSignal }: { abortSignal?: unknown } = {}): Promise<{ response: SdkAnswer }> {
    const { protocol, hostname, port, path, query = {}, method, headers, body } = request;
    const answer = await this.http.open({
      method: method as OutgoingTransfer['method'],
      origin: `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`,
      path: path + queryOf(query),
      headers,
      ...(body !== undefined && { body: typeof body === 'string' ? Buffer.from(body) : (body as Buffer) }),
      signal: abortSignal instanceof AbortSignal ? abortSignal : new AbortController().signal,
    });
    const flat = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const);
    return { response: { statusCode: answer.statusCode ?? 0, headers: Object.fromEntries(flat), body: answer } };
  }

  /** Part of what the SDK asks of a handler; there is nothing to set. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): object {
    return {};
  }

  destroy(): void {}
}

function queryOf(query: Readonly<Record<string, string | readonly string[] | null>>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => {
    if (value === null) return [escaped(name)];
    return [value].flat().map((one) => `${escaped(name)}=${escaped(String(one))}`);
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** RFC 3986 §2.3, as the signature has it. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
