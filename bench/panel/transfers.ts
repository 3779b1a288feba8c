import { setTimeout as pause } from 'node:timers/promises';
import { TestPage } from '../../test/support/browser';

const QUIET_MS = 500;
const LOOK_MS = 50;

/** What a page really got over the network, in bytes as they came (compressed, with their headers), by kind. */
export class Transfers {
  private readonly kinds = new Map<string, string>();
  private readonly scripts = new Set<string>();
  private bytes: Record<string, number> = {};
  private changedAt = performance.now();

  static async of({ context, page }: TestPage): Promise<Transfers> {
    const transfers = new Transfers();
    const session = await context.newCDPSession(page);
    session.on('Network.requestWillBeSent', ({ requestId, type }) => transfers.asked(requestId, type ?? 'Other'));
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) =>
      transfers.came(requestId, encodedDataLength),
    );
    session.on('Network.loadingFailed', ({ requestId }) => transfers.came(requestId, 0));
    await session.send('Network.enable');
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });
    return transfers;
  }

  /** Counts from nothing. */
  reset(): void {
    this.bytes = {};
  }

  of(kind: string): number {
    return this.bytes[kind] ?? 0;
  }

  get total(): number {
    return Object.values(this.bytes).reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Until no script is on its way, and none was for half a second. */
  async scriptsCame(): Promise<void> {
    this.changedAt = performance.now();
    while (this.scripts.size > 0 || performance.now() - this.changedAt < QUIET_MS) await pause(LOOK_MS);
  }

  private asked(id: string, kind: string): void {
    this.kinds.set(id, kind);
    if (kind !== 'Script') return;
    this.scripts.add(id);
    this.changedAt = performance.now();
  }

  private came(id: string, bytes: number): void {
    const kind = this.kinds.get(id) ?? 'Other';
    this.bytes[kind] = (this.bytes[kind] ?? 0) + bytes;
    if (this.scripts.delete(id)) this.changedAt = performance.now();
  }
}
