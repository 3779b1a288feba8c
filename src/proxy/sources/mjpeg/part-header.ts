/** What a part of a multipart body says about itself, as far as it matters. */
export interface PartHeader {
  /** Bytes of the part's body, `null` where it does not say (or says nonsense). */
  readonly contentLength: number | null;
  /** Lower case without parameters, `null` where it does not say. */
  readonly contentType: string | null;
  /** Where its blank line ends, `null` where there is none. */
  readonly bodyAt: number | null;
}

/**
 * Reads the last header in the bytes between two pictures: a boundary (right, wrong, doubled, quoted or missing) and
 * lines that end in CRLF or LF.
 */
export function readPartHeader(between: Buffer): PartHeader {
  const text = between.toString('latin1');
  const length = lastField(text, /^[ \t]*content-length[ \t]*:[ \t]*"?(\d{1,15})"?[ \t]*\r?$/gim);
  const type = lastField(text, /^[ \t]*content-type[ \t]*:[ \t]*"?([^\s;"]+)/gim);
  const blank = type === null ? null : /\r?\n\r?\n/.exec(text.slice(type.at));
  return {
    contentLength: length === null ? null : Number(length.value),
    contentType: type === null ? null : type.value.toLowerCase(),
    bodyAt: type === null || blank === null ? null : type.at + blank.index + blank[0].length,
  };
}

function lastField(text: string, pattern: RegExp): { value: string; at: number } | null {
  let found: { value: string; at: number } | null = null;
  for (const match of text.matchAll(pattern)) found = { value: match[1] ?? '', at: match.index };
  return found;
}
