/** Comes with its room. */
export function VideosPage() {
  return null;
}
