import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { OutgoingError } from '../proxy/outgoing-error';
import { OutgoingTransfer } from '../proxy/outgoing-http';
import { StoreHttp } from './store-http';

/** Of an answer that is no object: a list of a thousand uploads is well below. */
const MOST_ANSWER_BYTES = 2 ** 20;

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
  readonly body: Readable;
}

/**
 * What carries the SDK's requests: not its own HTTP client, which knows no rules for addresses, follows what the environment says
 * of proxies, and keeps connections. The SDK reads all of an answer that is no object into memory, whatever its size: here it is
 * bounded.
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
    const { statusCode = 0 } = answer;
    const isObject = method === 'GET' && !('uploads' in query) && (statusCode === 200 || statusCode === 206);
    const bounded = isObject ? answer : Readable.from(await whole(answer), { objectMode: false });
    return { response: { statusCode, headers: Object.fromEntries(flat), body: bounded } };
  }

  /** Part of what the SDK asks of a handler; there is nothing to set. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): object {
    return {};
  }

  destroy(): void {}
}

/** @throws OutgoingError `too_large`, `answer_cut` */
async function whole(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MOST_ANSWER_BYTES) throw new OutgoingError('too_large');
    }
  } catch (error) {
    throw error instanceof OutgoingError ? error : new OutgoingError('answer_cut', { cause: error });
  } finally {
    answer.destroy();
  }
  return Buffer.concat(chunks);
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
