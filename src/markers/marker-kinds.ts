/** What a marker says happened, and what its chapter is called. Adding one is fine (with a migration), renaming is not. */
const TITLES = {
  point: 'Point',
  rally: 'Rally',
  fault: 'Fault',
  dispute: 'Dispute',
  highlight: 'Highlight',
  note: 'Note',
} as const;

export type MarkerKind = keyof typeof TITLES;

export const MARKER_KINDS = Object.keys(TITLES) as readonly MarkerKind[];

/** What a player's list of chapters says of a marker. */
export function chapterTitle(kind: MarkerKind, text: string | null): string {
  return text === null ? TITLES[kind] : `${TITLES[kind]}: ${text}`;
}
