import { Cancel, Clock } from '../../common/clock';
import { HEARTBEAT_MS } from './live-protocol';
import type { LiveSocket } from './live-socket';

/** Pings that may stay unanswered; more where the viewer is slow and a ping waits its turn behind pictures. */
const MAX_UNANSWERED = 2;
const MAX_UNANSWERED_SLOW = 4;

/** Pings a viewer, measures how long it takes, and lets go of one that does not answer. */
export class Heartbeat {
  private timer: Cancel | null = null;
  private unanswered = 0;
  private pingedAt = 0;
  private count = 0;

  constructor(
    private readonly socket: LiveSocket,
    private readonly clock: Clock,
  ) {
    socket.ws.on('pong', (data: Buffer) => {
      // One that answers none of ours (RFC 6455 §5.5.3 allows them) is no sign that they were read; a later one's answers all before.
      const later = this.count - Number(data.toString('latin1'));
      if (!(later >= 0 && later < this.unanswered)) return;
      this.unanswered = later;
      socket.roundTripMs = Math.round(clock.monotonic() - this.pingedAt);
    });
  }

  /** The first ping, at once; then one every {@link HEARTBEAT_MS}. */
  start(): void {
    const creeps = this.socket.creeps();
    if (this.unanswered >= (creeps ? MAX_UNANSWERED_SLOW : MAX_UNANSWERED)) return this.socket.terminate();
    if (this.unanswered++ === 0) this.pingedAt = this.clock.monotonic();
    this.socket.ping(`${++this.count}`);
    this.timer = this.clock.after(HEARTBEAT_MS, () => this.start());
  }

  stop(): void {
    this.timer?.();
    this.timer = null;
  }
}
