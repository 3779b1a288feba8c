import { setInterval } from 'node:timers/promises';

/** How often a condition is looked at that nothing announces, in milliseconds. */
const EVERY_MS = 25;

/** Where somebody waits; a test that ran out of time is told, for nobody else knows. */
const waiting = new Set<Error>();

/** Settles with the first answer that is not `null`, `undefined` or `false`; the test's own time-out is the only limit. */
export async function until<T>(
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
): Promise<T> {
  return told(async () => {
    for await (const _ of setInterval(EVERY_MS)) {
      const found = await look();
      if (found !== null && found !== undefined && found !== false) return found;
    }
    throw new Error('unreachable');
  });
}

/** Waits, and is named where the test's time runs out meanwhile. */
export async function told<T>(wait: () => Promise<T>): Promise<T> {
  const place = new Error('Still waiting here');
  waiting.add(place);
  try {
    return await wait();
  } finally {
    waiting.delete(place);
  }
}

/** Takes the places where somebody waits. */
export function takeWaiting(): string[] {
  const places = [...waiting].map(({ stack = '' }) => stack);
  waiting.clear();
  return places;
}
