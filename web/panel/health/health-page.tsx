/** Comes with its room. */
export function HealthPage() {
  return null;
}
