import { Socket } from 'node:net';
import { Clock } from '../../../common/clock';
import { CameraError } from '../../camera-error';
import { CameraTarget, SourceLimits } from '../stream-source';
import { findHeadEnd, HttpHead, parseHead } from './http-head';

/** What dials a camera at its pinned address (the proxy's `CameraDialer`). */
export interface HttpDialer {
  connect(target: CameraTarget, timeoutMs: number, signal: AbortSignal): Promise<Socket>;
}

/** A response whose body is still to be read from its socket, which is paused. */
export interface HttpResponse {
  readonly head: HttpHead;
  readonly socket: Socket;
  /** Body bytes that came with the head. */
  readonly rest: Buffer;
}

/**
 * Sends one GET over a connection of its own and reads the response's head.
 * On failure, and on abort (which throws the signal's reason), the socket is closed.
 * @throws CameraError `camera_timeout` where the head is not whole in time, however busily its bytes trickle.
 */
export async function get(
  dialer: HttpDialer,
  target: CameraTarget,
  authorization: string | null,
  limits: SourceLimits,
  clock: Clock,
  signal: AbortSignal,
): Promise<HttpResponse> {
  return send(dialer, target, Buffer.from(formatRequest(target, authorization), 'latin1'), limits, clock, signal);
}

/** Sends a request as it is over a connection of its own, and reads the response's head. @throws as {@link get} */
export async function send(
  dialer: HttpDialer,
  target: CameraTarget,
  request: Buffer,
  limits: Pick<SourceLimits, 'timeoutMs' | 'maxHeaderBytes'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const socket = await dialer.connect(target, limits.timeoutMs, signal);
  try {
    socket.write(request);
    return await readHead(socket, limits, clock, signal);
  } catch (error) {
    await hangUp(socket);
    throw error;
  }
}

/** Closes a socket and waits until it is closed. */
export function hangUp(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) return resolve();
    socket.removeAllListeners('data');
    socket.on('error', () => undefined);
    socket.once('close', () => resolve());
    socket.destroy();
  });
}

/** How long a camera may take to close its side. */
const FAREWELL_MS = 500;

/**
 * Closes a socket in good order, for a camera that is dialled again at once: one that allows a single connection has to
 * have noticed that this one is over, so its own end of it is awaited, for a moment.
 */
export async function partWith(socket: Socket, clock: Clock): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.after(FAREWELL_MS, resolve);
    const over = (): void => {
      cancel();
      resolve();
    };
    if (socket.closed) return over();
    socket.on('error', () => undefined);
    socket.once('end', over).once('close', over);
    socket.end();
    socket.resume();
  });
  await hangUp(socket);
}

function formatRequest({ scheme, host, port, path }: CameraTarget, authorization: string | null): string {
  const usual = scheme === 'https' ? 443 : 80;
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}${port === usual ? '' : `:${port}`}`,
    'User-Agent: PadelVar',
    'Accept: multipart/x-mixed-replace, image/jpeg, video/*, */*;q=0.5',
    'Accept-Encoding: identity',
    'Connection: close',
  ];
  if (authorization !== null) lines.push(`Authorization: ${authorization}`);
  // A path or host with a line break would be a second request: the URL parser refuses it, this makes sure.
  if (lines.some((line) => /[\r\n]/.test(line)))
    throw new CameraError('camera_unsupported', 'The camera address is malformed.');
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function readHead(
  socket: Socket,
  limits: Pick<SourceLimits, 'timeoutMs' | 'maxHeaderBytes'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const settle = (act: () => void): void => {
      cancel();
      socket.off('data', onData).off('error', onEnd).off('end', onEnd).off('close', onEnd);
      signal.removeEventListener('abort', onAbort);
      socket.pause();
      act();
    };
    const fail = (error: unknown): void => settle(() => reject(error));
    const onAbort = (): void => fail(signal.reason);
    const onEnd = (): void =>
      fail(new CameraError('camera_unreachable', 'The camera closed the connection without an answer.'));
    const onData = (chunk: Buffer): void => {
      const searchFrom = Math.max(0, bytes.length - 3);
      bytes = Buffer.concat([bytes, chunk]);
      for (;;) {
        const end = findHeadEnd(bytes, searchFrom < bytes.length ? searchFrom : 0);
        if ((end < 0 ? bytes.length : end) > limits.maxHeaderBytes) {
          return fail(new CameraError('camera_unsupported', "The camera's answer has too long a header."));
        }
        if (end < 0) return startsWrong(bytes) ? fail(notHttp()) : undefined;
        const head = parseHead(bytes.toString('latin1', 0, end));
        if (!head) return fail(notHttp());
        const rest = bytes.subarray(end);
        // 1xx are interim (RFC 9110 §15.2).
        if (head.status >= 200) return settle(() => resolve({ head, socket, rest }));
        bytes = Buffer.from(rest);
        if (bytes.length === 0) return;
      }
    };
    const cancel = clock.after(limits.timeoutMs, () =>
      fail(new CameraError('camera_timeout', 'The camera accepted the connection but did not answer in time.')),
    );
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('data', onData).on('error', onEnd).on('end', onEnd).on('close', onEnd);
    if (signal.aborted) onAbort();
  });
}

/** Not a response, told by its first bytes, before a header limit or a deadline has to say so. */
function startsWrong(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, 5).toUpperCase();
  return !'HTTP/'.startsWith(start.slice(0, 5)) && !'ICY '.startsWith(start.slice(0, 4));
}

function notHttp(): CameraError {
  return new CameraError('camera_unsupported', 'What answers at this address does not speak HTTP. Check the port.');
}
