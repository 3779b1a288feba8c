import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo, connect, Socket } from 'node:net';
import { once } from 'node:events';
import { isOver, taken, whenOver } from './answer-over';

describe('an answer is over', () => {
  let server: Server;
  let answers: ServerResponse[];

  beforeEach(async () => {
    answers = [];
    server = createServer((_: IncomingMessage, response) => answers.push(response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** A client that has asked so many times, one behind the other, on one connection. */
  async function asked(times = 1): Promise<{ client: Socket; ours: Socket }> {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
    client.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n'.repeat(times));
    while (answers.length < times) await once(server, 'request');
    return { client, ours: (answers[0] as ServerResponse).req.socket };
  }
  async function gone({ client, ours }: { client: Socket; ours: Socket }): Promise<void> {
    const closed = once(ours, 'close');
    client.destroy();
    await closed;
  }
  const over = (response: ServerResponse | undefined): Promise<void> =>
    new Promise((resolve) => whenOver(response as ServerResponse, resolve));

  it('when all of it is sent', async () => {
    const { client } = await asked();
    const [response] = answers;
    const heard = over(response);
    expect(isOver(response as ServerResponse)).toBe(false);
    response?.end('all');
    await heard;
    expect(client.destroyed).toBe(false);
    client.destroy();
  });

  it('when its client leaves, and is so for who asks afterwards', async () => {
    const client = await asked();
    const heard = over(answers[0]);
    await gone(client);
    await heard;
    expect(isOver(answers[0] as ServerResponse)).toBe(true);
    await over(answers[0]);
    await taken(answers[0] as ServerResponse);
  });

  it('also behind another one on the same connection', async () => {
    const client = await asked(3);
    const heard = Promise.all(answers.map(over));
    const unheard = jest.fn();
    whenOver(answers[1] as ServerResponse, unheard)();
    await gone(client);
    await heard;
    expect(unheard).not.toHaveBeenCalled();
    await over(answers[2]);
  });

  it('or takes more, and leaves no listener behind', async () => {
    const { client } = await asked();
    const [response] = answers as [ServerResponse];
    const before = ['drain', 'close'].map((event) => response.listenerCount(event));
    for (let times = 0; times < 12; times++) {
      while (response.write(Buffer.alloc(1_000_000)));
      const settled = taken(response);
      client.resume();
      await settled;
      client.pause();
    }
    expect(['drain', 'close'].map((event) => response.listenerCount(event))).toEqual(before);
    expect(response.req.socket.listenerCount('close')).toBeLessThan(6);
    client.destroy();
  });
});
