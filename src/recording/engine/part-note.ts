/**
 * What a part says of itself in the first bytes of its reserve, where no player looks and the finaliser's tables go later:
 * when it begins on the session's clock. Its database row says so too, but a database can be away.
 */
const MAGIC = Buffer.from('PadelVar part 1\0', 'latin1');

/** Length of the note in bytes. */
export const PART_NOTE_BYTES = MAGIC.length + 8;

/** @param startTicks session time of the part's first frame */
export function partNote(startTicks: number): Buffer {
  const note = Buffer.alloc(PART_NOTE_BYTES);
  MAGIC.copy(note);
  note.writeBigInt64BE(BigInt(Math.round(startTicks)), MAGIC.length);
  return note;
}

/** @returns session time of the part's first frame; `null` where there is no note, or no more */
export function readPartNote(bytes: Buffer): number | null {
  if (bytes.length < PART_NOTE_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  return Number(bytes.readBigInt64BE(MAGIC.length));
}
