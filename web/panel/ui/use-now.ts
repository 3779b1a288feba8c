import { useEffect, useState } from 'react';
import { live } from '../access/live';

/** The service's clock in epoch milliseconds, told anew at this interval; stands still where it is not wanted. */
export function useNow(everyMs: number, wanted = true): number {
  const [now, setNow] = useState(() => live.serverNow());
  useEffect(() => {
    if (!wanted) return;
    const tick = (): void => setNow(live.serverNow());
    tick();
    const timer = setInterval(tick, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, wanted]);
  return now;
}
