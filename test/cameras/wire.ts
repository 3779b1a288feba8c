import { Socket } from 'node:net';

/** A client that reads nothing may make a camera hold this much; what comes after is dropped, as real cameras do. */
export const MAX_BACKLOG = 4 * 1024 * 1024;

/** One connection of a camera, through which all its output goes, so that faults apply to every byte. */
export class Wire {
  /** The client has closed its side, or the connection is gone. */
  closed = false;
  private drip: NodeJS.Timeout | null = null;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private deaf = false;
  private unheard: Buffer[] = [];
  private handler: ((chunk: Buffer) => void) | null = null;

  constructor(
    readonly socket: Socket,
    /** Counted from 1 over the camera's life. */
    readonly id: number,
  ) {
    socket.setNoDelay(true);
    const gone = (): void => {
      this.closed = true;
      this.dripEvery(0);
    };
    socket.on('end', gone);
    socket.on('close', gone);
    // A client may go away at any moment; 'close' follows.
    socket.on('error', () => undefined);
  }

  /** Calls `handler` with what the client sends. */
  listen(handler: (chunk: Buffer) => void): void {
    this.handler = handler;
    this.socket.on('data', (chunk: Buffer) => {
      if (this.deaf) this.unheard.push(chunk);
      else handler(chunk);
    });
  }

  /** While deaf, input is kept for later. The socket goes on reading, so that the client's good-bye is noticed. */
  setDeaf(deaf: boolean): void {
    this.deaf = deaf;
    if (!deaf) for (const chunk of this.unheard.splice(0)) this.handler?.(chunk);
  }

  /** Bytes accepted but not yet taken by the kernel. */
  get backlog(): number {
    return this.socket.writableLength + this.waitingBytes;
  }

  /**
   * Sends bytes. The caller may change `data` afterwards only when this returns true: then the kernel has them already.
   */
  send(data: Buffer): boolean {
    if (this.closed || this.socket.destroyed) return true;
    if (this.drip !== null) {
      this.waiting.push(data);
      this.waitingBytes += data.length;
      return false;
    }
    this.socket.write(data);
    return this.socket.writableLength === 0;
  }

  /** From now on one byte leaves every `ms` milliseconds; 0: at full speed again. */
  dripEvery(ms: number): void {
    if (this.drip !== null) clearInterval(this.drip);
    this.drip = null;
    if (ms > 0 && !this.closed) {
      this.drip = setInterval(() => this.dripOne(), ms);
      return;
    }
    const rest = this.waiting.splice(0);
    this.waitingBytes = 0;
    for (const data of rest) this.send(data);
  }

  private dripOne(): void {
    const first = this.waiting[0];
    if (first === undefined) return;
    this.socket.write(first.subarray(0, 1));
    this.waitingBytes--;
    if (first.length > 1) this.waiting[0] = first.subarray(1);
    else this.waiting.shift();
  }
}
