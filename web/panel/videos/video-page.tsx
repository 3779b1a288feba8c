/** Comes with its room. */
export function VideoPage() {
  return null;
}
