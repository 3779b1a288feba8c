import { Clock } from './clock';

/**
 * What `work` gives, but not before `ms` milliseconds have passed since the call: how long it took then says nothing of what
 * it found. A failure comes at once.
 */
export async function atLeast<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T> {
  let cancel = (): void => undefined;
  const passed = new Promise<void>((resolve) => (cancel = clock.after(ms, resolve)));
  try {
    const result = await work;
    await passed;
    return result;
  } finally {
    cancel();
  }
}
