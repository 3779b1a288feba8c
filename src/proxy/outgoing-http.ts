import { ClientRequest, IncomingMessage, request as httpRequest, RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { AppConfig } from '../config/app-config';
import { checkAddress, checkName } from './camera-address';
import { CameraConnector } from './camera-connector';
import { CameraError } from './camera-error';
import { bareHost, defaultPort, ParsedCameraUrl, parseCameraUrl } from './camera-url';
import { OutgoingError } from './outgoing-error';

/** A request to an address that a club has entered. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Those of the club's own network, where it is confined to them: an address in a private range must lie in one of them. */
  readonly networks: readonly string[] | null;
  /** From the look-up of the name to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** What is beyond `maxBytes` is left unread instead of being a fault. */
  readonly cut?: boolean;
  /** Certificates that are trusted besides the machine's own, PEM. */
  readonly authorities?: readonly string[];
}

/** A request whose body and answer may be large: both are streams, and only standing still is bounded. */
export interface OutgoingTransfer {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Scheme, host and port: what is checked. */
  readonly origin: string;
  /** Path and query as they go over the wire. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | Readable;
  readonly networks: readonly string[] | null;
  /** No byte for so long ends it. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

export interface OutgoingAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Ranges of private networks (of IPv4 mapped into IPv6 too: BlockList sees to that), and IPv6 that one may hide in. */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['fc00::', 7],
  ['64:ff9b::', 96],
  ['2002::', 16],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv6');
}

/** Statuses of RFC 9110 §15.4 that send one elsewhere; 304 does not. */
const REDIRECTS = [300, 301, 302, 303, 305, 307, 308];

/**
 * The one place that calls services of others at addresses which clubs enter. As with cameras: the host is resolved once,
 * each of its addresses is checked, one is dialled, and no redirect is followed; time and size of an answer are bounded.
 * Certificates are checked, for these are no cameras.
 */
@Injectable()
export class OutgoingHttp {
  constructor(
    private readonly connector: CameraConnector,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * What can be said of an address when it is saved, without a look-up.
   * @returns what may be shown of it: scheme, host, and the port where it is not the usual one
   * @throws OutgoingError `address_forbidden`
   */
  check(url: string, networks: readonly string[] | null): string {
    return told(() => {
      const target = parse(url);
      const host = bareHost(target.host);
      const { cameraAllowLoopback: allowLoopback } = this.config;
      if (isIP(host) === 0) checkName(host, { allowLoopback });
      else {
        const own = allowLoopback ? { isOwnPort: (port: number) => this.connector.isOwnPort(port) } : {};
        const rules = { allowLoopback, networks: confinement(host, networks), literalHost: target.host, ...own };
        checkAddress(host, { ...rules, port: target.port });
      }
      return shown(target);
    });
  }

  /** @throws OutgoingError */
  async send(url: string, outgoing: OutgoingRequest): Promise<OutgoingAnswer> {
    const { networks, timeoutMs } = outgoing;
    const abort = new AbortController();
    const cancel = this.clock.after(timeoutMs, () => abort.abort());
    const { signal } = abort;
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new OutgoingError('timeout')), { once: true });
    });
    late.catch(() => undefined);
    try {
      return await Promise.race([late, this.exchange(url, networks, outgoing, signal)]);
    } catch (error) {
      throw signal.aborted ? new OutgoingError('timeout', { cause: error }) : asOutgoing(error);
    } finally {
      cancel();
    }
  }

  /**
   * As {@link send}, for files. The caller reads or destroys the answer's body; that it is cut is an error of it.
   * @throws OutgoingError, or the signal's reason
   */
  async open(transfer: OutgoingTransfer): Promise<IncomingMessage> {
    const { origin, path, networks, idleMs, signal, body, ...rest } = transfer;
    try {
      signal.throwIfAborted();
      const target = { ...parse(origin), path };
      const address = await this.dialled(target, networks);
      const request = begin(target, address, rest, signal);
      request.setTimeout(idleMs, () => request.destroy(new OutgoingError('timeout')));
      const answer = await head(request, body);
      if (!REDIRECTS.includes(answer.statusCode ?? 0)) return answer;
      answer.destroy();
      throw new OutgoingError('redirected');
    } catch (error) {
      if (body && !Buffer.isBuffer(body)) body.destroy();
      if (signal.aborted) throw signal.reason;
      throw asOutgoing(error);
    }
  }

  private async dialled(target: ParsedCameraUrl, networks: readonly string[] | null): Promise<string> {
    const { address } = await this.connector.resolve(target);
    if (confinement(address, networks)) await this.connector.resolve({ ...target, host: bracketed(address) }, networks);
    return address;
  }

  private async exchange(
    url: string,
    networks: readonly string[] | null,
    outgoing: OutgoingRequest,
    signal: AbortSignal,
  ): Promise<OutgoingAnswer> {
    const target = parse(url);
    const address = await this.dialled(target, networks);
    if (signal.aborted) throw new OutgoingError('timeout');
    const answer = await head(begin(target, address, outgoing, signal), outgoing.body);
    const { statusCode: status = 0, headers } = answer;
    if (REDIRECTS.includes(status)) {
      answer.destroy();
      throw new OutgoingError('redirected');
    }
    return { status, headers, body: await read(answer, outgoing) };
  }
}

function begin(
  target: ParsedCameraUrl,
  address: string,
  outgoing: Pick<OutgoingRequest, 'headers' | 'authorities'> & { readonly method: string; readonly body?: string },
  signal: AbortSignal,
): ClientRequest {
  const { method, headers, body, authorities } = outgoing;
  const name = bareHost(target.host);
  const options: RequestOptions = {
    host: address,
    port: target.port,
    path: target.path,
    method,
    // A connection of its own: none is kept, and none is shared with another address.
    agent: false,
    signal,
    setHost: false,
    maxHeaderSize: 16 * 1024,
    headers: {
      host: shown(target).replace(/^[a-z]+:\/\//, ''),
      'user-agent': 'PadelVar',
      'accept-encoding': 'identity',
      ...credentials(target),
      ...headers,
      ...(body !== undefined && { 'content-length': `${Buffer.byteLength(body)}` }),
    },
  };
  if (target.scheme === 'http') return httpRequest(options);
  const trusted = authorities === undefined ? {} : { ca: [...authorities] };
  return httpsRequest({ ...options, ...trusted, servername: isIP(name) === 0 ? name : '', rejectUnauthorized: true });
}

function head(request: ClientRequest, body: string | Buffer | Readable | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // Stays: an error after the answer's head is the answer's, and nobody else's.
    request.on('error', reject);
    if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) request.end(body);
    else body.once('error', (error) => request.destroy(error)).pipe(request);
  });
}

async function read(answer: IncomingMessage, { maxBytes, cut }: OutgoingRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= maxBytes) continue;
      if (!cut) throw new OutgoingError('too_large');
      break;
    }
  } catch (error) {
    throw error instanceof OutgoingError ? error : new OutgoingError('answer_cut', { cause: error });
  } finally {
    answer.destroy();
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

/** @throws CameraError for an address that is none of HTTP's, or cannot be dialled safely */
function parse(url: string): ParsedCameraUrl {
  const target = parseCameraUrl(url);
  if (target.scheme === 'http' || target.scheme === 'https') return target;
  throw new CameraError('camera_scheme_unsupported', 'not HTTP');
}

/** The networks in which this address must lie; `null`: it may be anywhere that is public. */
function confinement(address: string, networks: readonly string[] | null): readonly string[] | null {
  return networks && PRIVATE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4') ? networks : null;
}

function bracketed(address: string): string {
  return isIPv6(address) ? `[${address}]` : address;
}

function shown({ scheme, host, port }: ParsedCameraUrl): string {
  return `${scheme}://${host}${port === defaultPort(scheme) ? '' : `:${port}`}`;
}

function credentials({ username, password }: ParsedCameraUrl): Record<string, string> {
  if (username === null && password === null) return {};
  const pair = `${username ?? ''}:${password ?? ''}`;
  return { authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` };
}

function told<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asOutgoing(error);
  }
}

const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_|EPROTO)/;

function asOutgoing(error: unknown): OutgoingError {
  if (error instanceof OutgoingError) return error;
  const code = String((error as { code?: unknown }).code);
  if (error instanceof CameraError) {
    if (code === 'camera_unreachable') return new OutgoingError('name_unknown', { cause: error });
    if (code === 'camera_timeout') return new OutgoingError('timeout', { cause: error });
    return new OutgoingError('address_forbidden', { cause: error });
  }
  return new OutgoingError(TLS.test(code) ? 'tls_failed' : 'unreachable', { cause: error });
}
