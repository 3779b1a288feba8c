/** Comes with its room. */
export function AuditPage() {
  return null;
}
