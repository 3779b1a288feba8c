import { box, fullBox, u32, u64, u8 } from '../../media/fmp4/box-writer';

/** A place in a film with a name. */
export interface Chapter {
  readonly atSeconds: number;
  readonly title: string;
}

/** The count is one byte. */
export const MOST_CHAPTERS = 255;
const MOST_TITLE_BYTES = 255;
const UNITS_PER_SECOND = 10_000_000;

/**
 * The `udta` of a `moov` with these chapters, in the box that Nero came up with (`chpl`): it needs no samples, so it lives in the
 * `moov` alone. As FFmpeg writes it (`mov_write_chpl_tag` of movenc.c) and, as VLC does, reads it (`mov_read_chpl` of mov.c):
 * version 1, four bytes, a count, and of each its time in units of 100 ns, the length of its title, and that in UTF-8.
 * @param chapters in the order of their times; of more than {@link MOST_CHAPTERS} the first ones count
 */
export function chapterList(chapters: readonly Chapter[]): Buffer {
  const listed = chapters.slice(0, MOST_CHAPTERS);
  const entries = listed.flatMap(({ atSeconds, title }) => {
    const name = titleBytes(title);
    return [u64(Math.round(atSeconds * UNITS_PER_SECOND)), u8(name.length), name];
  });
  return box('udta', fullBox('chpl', 1, 0, u32(0), u8(listed.length), ...entries));
}

/** As much of a title as there is room for, cut between two characters. */
function titleBytes(title: string): Buffer {
  const whole = Buffer.from(title, 'utf8');
  if (whole.length <= MOST_TITLE_BYTES) return whole;
  let end = MOST_TITLE_BYTES;
  // A byte that goes on with a character (RFC 3629).
  while (((whole[end] as number) & 0xc0) === 0x80) end--;
  return whole.subarray(0, end);
}
