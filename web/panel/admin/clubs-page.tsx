/** Comes with its room. */
export function ClubsPage() {
  return null;
}
