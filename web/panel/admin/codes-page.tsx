/** Comes with its room. */
export function CodesPage() {
  return null;
}
