interface At {
  readonly at_seconds: number;
}

/** One that was just jumped to is not the next one. */
const HERE_SECONDS = 0.25;
/** While it plays, who wants to go back has passed the one they jumped to by so much. */
const PASSED_SECONDS = 1.5;

/** The marker before or behind a position of the recording. @param markers in their order */
export function neighbour<T extends At>(
  markers: readonly T[],
  { position, paused }: { readonly position: number; readonly paused: boolean },
  direction: 1 | -1,
): T | null {
  if (direction === 1) return markers.find(({ at_seconds: at }) => at > position + HERE_SECONDS) ?? null;
  const slack = paused ? HERE_SECONDS : PASSED_SECONDS;
  return markers.filter(({ at_seconds: at }) => at < position - slack).at(-1) ?? null;
}
