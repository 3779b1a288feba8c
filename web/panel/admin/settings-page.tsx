/** Comes with its room. */
export function SettingsPage() {
  return null;
}
