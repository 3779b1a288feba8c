const MEBIBYTE = 2 ** 20;
/** Small enough to hold one in memory and to lose little with a cut; Amazon's least is 5 MiB. */
const USUAL = 8 * MEBIBYTE;
/** Amazon's most is 10,000. */
const MOST_PARTS = 9_000;

/** How large the parts of a file of so many bytes are, but the last; whole mebibytes. */
export function partBytesFor(total: number): number {
  return Math.max(USUAL, Math.ceil(total / MOST_PARTS / MEBIBYTE) * MEBIBYTE);
}

/** Where each part lies, from 1 on; an empty file is one empty part. */
export function planParts(total: number, partBytes: number): { number: number; from: number; to: number }[] {
  const count = Math.max(1, Math.ceil(total / partBytes));
  return Array.from({ length: count }, (_, i) => {
    return { number: i + 1, from: i * partBytes, to: Math.min(total, (i + 1) * partBytes) };
  });
}
