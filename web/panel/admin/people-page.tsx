/** Comes with its room. */
export function PeoplePage() {
  return null;
}
