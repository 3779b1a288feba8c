import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Who waits for a connection to end: one listener a connection, however many answers wait on it. */
const waiting = new WeakMap<Socket, Set<() => void>>();

/** Whether nothing more of an answer can go: all of it is sent, or its client has gone. */
export function isOver(response: ServerResponse): boolean {
  return response.destroyed || response.req.socket.destroyed;
}

/**
 * Calls `then` once when an answer is over (see {@link isOver}), at once where it is: Node tells it by `close`, which has been
 * and does not come again where the client left while the answer was being thought of. An answer behind another one on the
 * same connection (pipelining, RFC 9112 §9.3.2) gets no `close` at all when that breaks: so the connection is heard as well.
 * @returns forgets about it
 */
export function whenOver(response: ServerResponse, then: () => void): () => void {
  if (isOver(response)) {
    then();
    return () => undefined;
  }
  const { socket } = response.req;
  const others = waiting.get(socket) ?? hear(socket);
  const forget = (): void => {
    response.off('close', over);
    others.delete(over);
  };
  const over = (): void => {
    forget();
    then();
  };
  response.once('close', over);
  others.add(over);
  return forget;
}

function hear(socket: Socket): Set<() => void> {
  const all = new Set<() => void>();
  waiting.set(socket, all);
  socket.once('close', () => {
    for (const over of [...all]) over();
  });
  return all;
}

/** Settles when an answer takes more, or is over. */
export function taken(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    let forget = (): void => undefined;
    const settle = (): void => {
      response.off('drain', settle);
      forget();
      resolve();
    };
    response.once('drain', settle);
    forget = whenOver(response, settle);
  });
}
