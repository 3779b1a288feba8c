import { EventEmitter } from 'node:events';
import { HandClock } from '../../common/hand-clock.fixture';
import { Heartbeat } from './heartbeat';
import type { LiveSocket } from './live-socket';

describe('Heartbeat', () => {
  let clock: HandClock;
  let ws: EventEmitter;
  let pings: number;
  let newest: string;
  let cutAt: number | null;
  let creeps: boolean;
  let socket: { roundTripMs: number | null };
  let heartbeat: Heartbeat;

  beforeEach(() => {
    clock = new HandClock();
    ws = new EventEmitter();
    pings = 0;
    cutAt = null;
    creeps = false;
    socket = Object.assign({
      ws,
      roundTripMs: null,
      ping: (payload: string) => {
        pings++;
        newest = payload;
      },
      creeps: () => creeps,
      terminate: () => (cutAt = clock.now()),
    });
    heartbeat = new Heartbeat(socket as unknown as LiveSocket, clock);
    heartbeat.start();
  });

  const pong = (): void => void ws.emit('pong', Buffer.from(newest));

  it('pings at once and every fifteen seconds, and keeps who answers', () => {
    for (let i = 0; i < 100; i++) {
      clock.pass(40);
      pong();
      clock.pass(14_960);
    }
    expect([pings, cutAt, socket.roundTripMs]).toEqual([101, null, 40]);
  });

  it('drops who leaves two unanswered', () => {
    clock.pass(120_000);
    expect([pings, cutAt, clock.pending]).toEqual([2, 30_000, 0]);
  });

  it('waits longer for one who is slow and takes something all the while, not for ever', () => {
    creeps = true;
    clock.pass(300_000);
    expect(cutAt).toBe(60_000);
  });

  it('measures from the first ping that was not answered', () => {
    clock.pass(15_000 + 500);
    pong();
    expect(socket.roundTripMs).toBe(15_500);
    pong();
    expect(socket.roundTripMs).toBe(15_500);
  });

  it('takes no pong for an answer that answers none of its pings', () => {
    for (const text of ['', 'x', '0', '99', '-1']) ws.emit('pong', Buffer.from(text));
    for (let i = 0; i < 4; i++) {
      clock.pass(10_000);
      ws.emit('pong', Buffer.alloc(0));
    }
    expect(cutAt).toBe(30_000);
  });

  it('takes an answer to an older ping for that one only', () => {
    clock.pass(15_000);
    ws.emit('pong', Buffer.from('1'));
    clock.pass(15_000);
    expect(cutAt).toBeNull();
    clock.pass(15_000);
    expect(cutAt).toBe(45_000);
  });

  it('leaves no timer behind', () => {
    heartbeat.stop();
    expect(clock.pending).toBe(0);
  });
});
