import { ConnectionState, LiveConnection, SignedOutError, StreamEvent } from './live-connection';

const SESSION = '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55';

/** The service's side of a socket. */
class FakeSocket {
  readyState = 0;
  binaryType = '';
  onopen: () => void = () => undefined;
  onmessage: (event: { data: string | ArrayBuffer }) => void = () => undefined;
  onclose: (event: { code: number }) => void = () => undefined;
  readonly heard: Record<string, unknown>[] = [];

  send(text: string): void {
    this.heard.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen();
  }

  say(message: object): void {
    this.onmessage({ data: JSON.stringify(message) });
  }

  drop(code = 1006): void {
    this.readyState = 3;
    this.onclose({ code });
  }

  /** Subscriptions and their ends, as asked for. */
  get asked(): Record<string, unknown>[] {
    return this.heard.filter(({ type }) => type === 'subscribe' || type === 'unsubscribe');
  }
}

describe('LiveConnection', () => {
  let sockets: FakeSocket[];
  let connection: LiveConnection;
  let states: ConnectionState[];
  const ticket = jest.fn<Promise<string>, []>();

  beforeEach(() => {
    jest.useFakeTimers();
    sockets = [];
    states = [];
    let tickets = 0;
    ticket.mockReset().mockImplementation(() => Promise.resolve(`ticket ${++tickets}`));
    connection = new LiveConnection({
      ticket,
      url: 'ws://club/api/preview/live',
      socket: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
    });
    connection.onState((state) => states.push(state));
  });

  afterEach(() => {
    connection.close();
    jest.useRealTimers();
  });

  const settle = (): Promise<void> => jest.advanceTimersByTimeAsync(0).then(() => undefined);
  const last = (): FakeSocket => sockets[sockets.length - 1] as FakeSocket;

  async function welcomed(): Promise<FakeSocket> {
    await settle();
    const socket = last();
    socket.open();
    await settle();
    socket.say({ type: 'welcome', heartbeat_ms: 15_000, max_streams: 64 });
    return socket;
  }

  function listen(mode: 'video' | 'tile' = 'video'): { events: StreamEvent[]; stop: () => void } {
    const events: StreamEvent[] = [];
    return { events, stop: connection.subscribe(SESSION, mode, (event) => events.push(event)) };
  }

  it('says its ticket first, then asks for everything', async () => {
    listen();
    listen('tile');
    const socket = await welcomed();
    expect(socket.heard[0]).toEqual({ ticket: 'ticket 1' });
    expect(socket.binaryType).toBe('arraybuffer');
    expect(socket.asked).toEqual([
      { type: 'subscribe', stream: 1, session_id: SESSION, mode: 'video' },
      { type: 'subscribe', stream: 2, session_id: SESSION, mode: 'tile' },
    ]);
    expect(states).toEqual(['connecting', 'open']);
  });

  it('gives each stream its own, and nothing once it is ended', async () => {
    const one = listen();
    const two = listen();
    const socket = await welcomed();
    socket.say({ type: 'subscribed', stream: 2, kind: 'h264' });
    const media = new DataView(new ArrayBuffer(17));
    media.setUint16(0, 1);
    media.setUint8(2, 1);
    socket.onmessage({ data: media.buffer });
    expect(one.events).toMatchObject([{ type: 'media', media: { stream: 1, kind: 'fragment' } }]);
    expect(two.events).toMatchObject([{ type: 'subscribed', stream: 2 }]);
    one.stop();
    socket.onmessage({ data: media.buffer });
    socket.say({ type: 'ended', stream: 1, reason: 'unsubscribed' });
    expect(one.events).toHaveLength(1);
    expect(socket.asked.at(-1)).toEqual({ type: 'unsubscribe', stream: 1 });
  });

  it('hands on what is told of the markers of a match, in its order', async () => {
    const { events } = listen();
    const socket = await welcomed();
    const marker = { id: 17, session_id: SESSION, kind: 'note', text: 'Net', at_seconds: 3.2 };
    const told = [
      { type: 'marker', stream: 1, marker_id: 17, marker },
      { type: 'marker', stream: 1, marker_id: 17, marker: null },
    ];
    for (const message of told) socket.say(message);
    expect(events).toEqual(told);
  });

  it('bears messages that are none', async () => {
    const { events } = listen();
    const socket = await welcomed();
    for (const data of ['', '{', 'null', '[]', '{"stream":1}', '{"type":"new","stream":9}', new ArrayBuffer(3)]) {
      socket.onmessage({ data });
    }
    expect(events).toEqual([]);
  });

  it('comes back with a new ticket and takes everything up again', async () => {
    const { events } = listen();
    const first = await welcomed();
    first.drop();
    expect(events).toEqual([{ type: 'disconnected' }]);
    expect(connection.state).toBe('waiting');
    await jest.advanceTimersByTimeAsync(700);
    const second = await welcomed();
    expect(second).not.toBe(first);
    expect(second.heard[0]).toEqual({ ticket: 'ticket 2' });
    expect(second.asked).toMatchObject([{ session_id: SESSION, mode: 'video' }]);
    // What the old socket still says is of the past.
    first.say({ type: 'state', stream: second.asked[0]?.stream, state: 'reconnecting' });
    expect(events).toHaveLength(1);
  });

  it('waits longer each time it fails', async () => {
    listen();
    const attempts: number[] = [];
    for (let second = 0; second < 60; second++) {
      await jest.advanceTimersByTimeAsync(1_000);
      attempts.push(sockets.length);
      if (last().readyState === 0) last().drop();
    }
    expect(attempts[9]).toBeLessThanOrEqual(6);
    expect(attempts[59]).toBeLessThanOrEqual(10);
  });

  it('stays away where somebody has to sign in, until it is told to hurry', async () => {
    ticket.mockRejectedValueOnce(new SignedOutError());
    listen();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(connection.state).toBe('signed-out');
    // The line that was built while the ticket was asked for is let go of.
    expect(sockets.map(({ readyState }) => readyState)).toEqual([3]);
    connection.hurry();
    await welcomed();
    expect(connection.state).toBe('open');
  });

  it('tries again where a ticket could not be had', async () => {
    ticket.mockRejectedValueOnce(new Error('503'));
    listen();
    await settle();
    expect(connection.state).toBe('waiting');
    await jest.advanceTimersByTimeAsync(700);
    await welcomed();
    expect(connection.state).toBe('open');
  });

  it('gives up a line on which nothing is heard, not even an answer', async () => {
    const { events } = listen();
    const socket = await welcomed();
    await jest.advanceTimersByTimeAsync(8_000);
    expect(connection.state).toBe('open');
    await jest.advanceTimersByTimeAsync(6_000);
    expect(events).toEqual([{ type: 'disconnected' }]);
    expect(socket.readyState).toBe(3);
  });

  it('keeps a line whose pings are answered, and learns the time of the service', async () => {
    listen();
    const socket = await welcomed();
    const answer = (): void => {
      for (const { type, at } of socket.heard.splice(0)) {
        if (type === 'ping') socket.say({ type: 'pong', at, now: (at as number) + 3_600_000 });
      }
    };
    for (let second = 0; second < 60; second++) {
      await jest.advanceTimersByTimeAsync(1_000);
      answer();
    }
    expect(connection.state).toBe('open');
    expect(connection.serverNow() - Date.now()).toBeGreaterThan(3_590_000);
  });

  it('asks again where a refusal passes, and not where it does not', async () => {
    const { events } = listen();
    const socket = await welcomed();
    socket.say({ type: 'error', stream: 1, code: 'viewer_limit', status: 429, detail: 'Too many viewers' });
    expect(events).toMatchObject([{ type: 'error', code: 'viewer_limit', passing: true }]);
    await jest.advanceTimersByTimeAsync(700);
    expect(socket.asked).toMatchObject([{ stream: 1 }, { stream: 2 }]);
    socket.say({ type: 'error', stream: 2, code: 'not_found', status: 404, detail: 'Not found' });
    expect(events.at(-1)).toMatchObject({ code: 'not_found', passing: false });
    await jest.advanceTimersByTimeAsync(60_000);
    expect(socket.asked).toHaveLength(2);
  });

  it('asks right behind the ticket, for the rest when it is welcome, and for nothing twice', async () => {
    for (let i = 0; i < 20; i++) listen('tile');
    await settle();
    const socket = last();
    socket.open();
    await settle();
    expect(socket.heard[0]).toEqual({ ticket: 'ticket 1' });
    expect(socket.asked.map(({ stream }) => stream)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    const { stop } = listen();
    socket.say({ type: 'welcome', heartbeat_ms: 15_000, max_streams: 64 });
    expect(socket.asked.map(({ stream }) => stream)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
    stop();
    expect(socket.asked.at(-1)).toEqual({ type: 'unsubscribe', stream: 21 });
  });

  it('takes back before the welcome what it asked for behind the ticket', async () => {
    listen();
    const { stop } = listen('tile');
    await settle();
    last().open();
    await settle();
    stop();
    expect(last().asked.at(-1)).toEqual({ type: 'unsubscribe', stream: 2 });
    last().say({ type: 'welcome', heartbeat_ms: 15_000, max_streams: 64 });
    expect(last().asked).toHaveLength(3);
  });

  it('asks for a court that is being opened until it is, and for one that stays closed no longer than a minute', async () => {
    const { events } = listen();
    const socket = await welcomed();
    const refuse = (): void => {
      const stream = socket.asked.at(-1)?.stream;
      socket.say({ type: 'error', stream, code: 'session_not_live', status: 409, detail: 'Not open' });
    };
    const answer = (): void => {
      for (const { type, at } of socket.heard) if (type === 'ping') socket.say({ type: 'pong', at, now: 0 });
    };
    refuse();
    expect(events).toMatchObject([{ code: 'session_not_live', passing: true }]);
    await jest.advanceTimersByTimeAsync(700);
    socket.say({ type: 'subscribed', stream: socket.asked.at(-1)?.stream, kind: 'h264' });
    expect(events.at(-1)).toMatchObject({ type: 'subscribed' });
    // Closed again: its minute begins anew.
    for (let second = 0; second < 58; second++) {
      refuse();
      expect(events.at(-1)).toMatchObject({ passing: true });
      await jest.advanceTimersByTimeAsync(1_000);
      answer();
    }
    // The pauses between are up to 15 s and a quarter long.
    for (let second = 0; second < 25; second++) {
      refuse();
      await jest.advanceTimersByTimeAsync(1_000);
      answer();
    }
    expect(events.at(-1)).toMatchObject({ passing: false });
  });

  it('asks anew in the name of who signs in', async () => {
    const { events } = listen();
    const first = await welcomed();
    connection.reset();
    expect(first.readyState).toBe(3);
    const second = await welcomed();
    expect(second.heard[0]).toEqual({ ticket: 'ticket 2' });
    expect(second.asked).toMatchObject([{ session_id: SESSION }]);
    // What the line of before still says is for nobody.
    first.say({ type: 'state', stream: first.asked[0]?.stream, state: 'live' });
    expect(events).toEqual([]);
  });

  it('does not take up again what has ended', async () => {
    listen();
    const stays = listen('tile');
    const socket = await welcomed();
    socket.say({ type: 'ended', stream: 1, reason: 'closed' });
    socket.drop(1001);
    await jest.advanceTimersByTimeAsync(700);
    const again = await welcomed();
    expect(again.asked).toMatchObject([{ mode: 'tile' }]);
    stays.stop();
    again.drop();
    expect(connection.state).toBe('idle');
  });

  it('leaves no timer behind', async () => {
    listen();
    await welcomed();
    connection.close();
    expect(jest.getTimerCount()).toBe(0);
    expect(last().readyState).toBe(3);
  });
});
