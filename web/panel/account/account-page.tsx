/** Comes with its room. */
export function AccountPage() {
  return null;
}
