import { Clock } from './clock';

/** What `work` gives if it gives it within `ms` milliseconds; else, and where it fails, `otherwise`. Never rejects. */
export function within<T>(clock: Clock, ms: number, work: Promise<T>, otherwise: T): Promise<T> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, () => resolve(otherwise));
    work.then(resolve, () => resolve(otherwise)).finally(cancel);
  });
}
