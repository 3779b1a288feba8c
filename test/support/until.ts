import { setInterval } from 'node:timers/promises';

/** How often a condition is looked at that nothing announces, in milliseconds. */
const EVERY_MS = 25;

/** Settles with the first answer that is not `null`, `undefined` or `false`; the test's own time-out is the only limit. */
export async function until<T>(
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
): Promise<T> {
  for await (const _ of setInterval(EVERY_MS)) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
  }
  throw new Error('unreachable');
}
