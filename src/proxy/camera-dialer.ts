import { lookup as dnsLookup } from 'node:dns/promises';
import { connect as netConnect, isIP, OnReadOpts, Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { Clock } from '../common/clock';
import { AddressRules, checkAddress, checkName, isSameAddress } from './camera-address';
import { CameraError } from './camera-error';
import { bareHost, parseCameraUrl, ParsedCameraUrl } from './camera-url';
import { CameraTarget } from './sources/stream-source';

/** Names to addresses; replaced in tests. Every address of the host, in the order to prefer. */
export type Lookup = (host: string) => Promise<readonly { address: string }[]>;

export interface CameraDialerOptions extends Pick<AddressRules, 'allowLoopback' | 'isOwnPort'> {
  /** How long a name may take to resolve, in milliseconds. */
  readonly resolveTimeoutMs: number;
  readonly lookup?: Lookup;
}

/** Cameras speak IPv4 first and foremost, and many a program listens on 127.0.0.1 only where `localhost` is both. */
const systemLookup: Lookup = (host) => dnsLookup(host, { all: true, order: 'ipv4first' } as { all: true });

/**
 * The one place that opens sockets to cameras. A host is resolved once, every address it has is checked, one is pinned,
 * and that very address is dialled: no second look-up can lead elsewhere, and no redirect is followed.
 */
export class CameraDialer {
  private readonly lookup: Lookup;

  constructor(
    private readonly options: CameraDialerOptions,
    private readonly clock: Clock,
  ) {
    this.lookup = options.lookup ?? systemLookup;
  }

  /**
   * @param camera the camera's URL, or what {@link parseCameraUrl} made of it
   * @param networks those it must lie in; `null`: anywhere a camera may be
   * @throws CameraError `camera_address_forbidden` if any of the host's addresses may not be dialled (no socket is
   * opened), `camera_unreachable` for a name nobody knows, `camera_timeout`, and what {@link parseCameraUrl} throws
   */
  async resolve(camera: ParsedCameraUrl | string, networks: readonly string[] | null = null): Promise<CameraTarget> {
    const parsed = typeof camera === 'string' ? parseCameraUrl(camera) : camera;
    const host = bareHost(parsed.host);
    const { allowLoopback, isOwnPort } = this.options;
    if (isIP(host) === 0) checkName(host, { allowLoopback });
    const addresses = isIP(host) ? [host] : await this.addressesOf(host);
    for (const address of addresses) {
      checkAddress(address, { allowLoopback, isOwnPort, networks, literalHost: parsed.host, port: parsed.port });
    }
    return { ...parsed, address: addresses[0] as string };
  }

  /**
   * Dials the target's pinned address. For rtsps and https the certificate is taken as it is: cameras come with
   * self-signed ones and clubs have no means to replace them, so TLS here keeps listeners out, not impostors.
   * @param timeoutMs until connected, TLS handshake included
   * @param onread for plain sockets: read into one reusable buffer (`net.connect`); TLS sockets emit `data` regardless
   * @throws CameraError `camera_unreachable` or `camera_timeout`; `AbortError` if `signal` aborts
   */
  connect(target: CameraTarget, timeoutMs: number, signal: AbortSignal, onread?: OnReadOpts): Promise<Socket> {
    const secure = target.scheme === 'rtsps' || target.scheme === 'https';
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(abortError());
        return;
      }
      const raw = netConnect({
        host: target.address,
        port: target.port,
        noDelay: true,
        ...(onread && !secure ? { onread } : {}),
      });
      const name = bareHost(target.host);
      const socket = secure
        ? tlsConnect({ socket: raw, rejectUnauthorized: false, ...(isIP(name) ? {} : { servername: name }) })
        : raw;
      let settled = false;
      const settle = (error: Error | null): void => {
        if (settled) {
          return;
        }
        settled = true;
        cancel();
        signal.removeEventListener('abort', onAbort);
        raw.off('error', onError);
        socket.off('error', onError);
        if (error === null) {
          resolve(socket);
          return;
        }
        // Late errors of a socket nobody waits for any more are no news.
        raw.on('error', () => undefined);
        socket.on('error', () => undefined);
        socket.destroy();
        if (raw.closed) {
          reject(error);
        } else {
          raw.once('close', () => reject(error));
          raw.destroy();
        }
      };
      const onAbort = (): void => settle(abortError());
      const onError = (error: NodeJS.ErrnoException): void => settle(connectError(error, secure));
      const cancel = this.clock.after(timeoutMs, () =>
        settle(
          new CameraError('camera_timeout', 'The camera did not answer in time: is it switched on and connected?'),
        ),
      );
      signal.addEventListener('abort', onAbort, { once: true });
      raw.once('error', onError);
      socket.once('error', onError);
      socket.once(secure ? 'secureConnect' : 'connect', () =>
        settle(
          isSameAddress(raw.remoteAddress, target.address)
            ? null
            : new CameraError('camera_unreachable', 'The connection to the camera was lost.'),
        ),
      );
      socket.once('close', () => settle(new CameraError('camera_unreachable', 'The camera closed the connection.')));
    });
  }

  private async addressesOf(host: string): Promise<string[]> {
    let cancel = (): void => undefined;
    const deadline = new Promise<never>((_, reject) => {
      cancel = this.clock.after(this.options.resolveTimeoutMs, () =>
        reject(new CameraError('camera_timeout', "The camera's name was not found in time.")),
      );
    });
    try {
      const found = await Promise.race([this.lookup(host), deadline]);
      if (found.length === 0) {
        throw new Error('no address');
      }
      return found.map((entry) => entry.address);
    } catch (error) {
      if (error instanceof CameraError) {
        throw error;
      }
      throw new CameraError('camera_unreachable', "The camera's name is not known: is the address spelled right?", {
        cause: error,
      });
    } finally {
      cancel();
    }
  }
}

function abortError(): Error {
  return new DOMException('The connection was given up.', 'AbortError');
}

const CONNECT_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The camera refuses the connection: is the port right, and its stream switched on?',
  EHOSTUNREACH: 'No device answers at the camera address: is it switched on and connected?',
  ENETUNREACH: "The camera's network cannot be reached from here.",
  ECONNRESET: 'The camera dropped the connection.',
};

function connectError(error: NodeJS.ErrnoException, secure: boolean): CameraError {
  if (error.code === 'ETIMEDOUT') {
    return new CameraError('camera_timeout', 'The camera did not answer in time.', { cause: error });
  }
  const known = CONNECT_ERRORS[error.code ?? ''];
  const fallback = secure ? 'The secure connection to the camera failed.' : 'The camera cannot be reached.';
  return new CameraError('camera_unreachable', known ?? fallback, { cause: error });
}
