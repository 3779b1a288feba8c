/** An id out of an address; `null` for what is none. */
export function readId(text: string): number | null {
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : null;
}
