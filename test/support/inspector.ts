import { once } from 'node:events';
import { WebSocket } from 'ws';
import { Service } from './service';

/** To be given to a service whose memory will be looked into: the inspector then takes a port of its own. */
export const INSPECTABLE = { NODE_OPTIONS: '--inspect-port=127.0.0.1:0' } as const;
const LISTENS = /Debugger listening on (ws:\/\/\S+)/;
const MIB = 2 ** 20;

/** What a process holds once its garbage is gone, in MiB. */
export interface Retained {
  /** On V8's heap and in buffers beside it. */
  readonly own: number;
  readonly resident: number;
}

/** A service's own inspector (Node's documentation, "Debugger": SIGUSR1 opens it), for looking into its memory. */
export class Inspector {
  private number = 0;

  private constructor(private readonly socket: WebSocket) {}

  static async attach(service: Service): Promise<Inspector> {
    service.signal('SIGUSR1');
    const [, url = ''] = await service.says(LISTENS);
    const socket = new WebSocket(url);
    await once(socket, 'open');
    return new Inspector(socket);
  }

  /** Collects the garbage, and says what is left. */
  async retained(): Promise<Retained> {
    await this.call('HeapProfiler.collectGarbage');
    const { result } = await this.call<{ result: { value: string } }>('Runtime.evaluate', {
      expression: 'JSON.stringify(process.memoryUsage())',
      returnByValue: true,
    });
    const { heapUsed, external, rss } = JSON.parse(result.value) as Record<'heapUsed' | 'external' | 'rss', number>;
    return { own: (heapUsed + external) / MIB, resident: rss / MIB };
  }

  /** Closes it again, with its port. */
  async close(): Promise<void> {
    const gone = once(this.socket, 'close');
    const expression = '{ const inspector = require("node:inspector"); setTimeout(() => inspector.close(), 0); }';
    await this.call('Runtime.evaluate', { expression, includeCommandLineAPI: true });
    this.socket.close();
    await gone;
  }

  private call<T>(method: string, params: object = {}): Promise<T> {
    const id = ++this.number;
    return new Promise((resolve, reject) => {
      const hear = (data: Buffer): void => {
        const answer = JSON.parse(data.toString()) as { id?: number; result: T };
        if (answer.id !== id) return;
        this.socket.off('message', hear).off('close', gone);
        resolve(answer.result);
      };
      const gone = (): void => reject(new Error('the inspector has gone'));
      this.socket.on('message', hear).once('close', gone);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
