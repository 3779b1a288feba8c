/** Comes with its room. */
export function AdminCourtsPage() {
  return null;
}
