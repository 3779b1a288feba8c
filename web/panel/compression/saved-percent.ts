import type { Compression } from './compression-data';

/** By how much a video became smaller, in whole percent. */
export function savedPercent({ original_size_bytes: before, size_bytes: after }: Compression): number {
  return before === null || after === null || before === 0 ? 0 : Math.round(100 * (1 - after / before));
}
