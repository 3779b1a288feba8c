/** Bodies nested deeper are refused; the contract needs three levels. */
const MAX_DEPTH = 20;

/** Why a JSON text is refused although it parses, in words for the caller. */
export class StrictJsonError extends Error {}

/**
 * Parses JSON and refuses what two readers would understand differently or what no column can hold: duplicate keys,
 * `__proto__` and its kin, NUL in text, nesting beyond 20 levels (RFC 8259 §4 leaves duplicate names to the reader).
 * @throws SyntaxError where it is no JSON, StrictJsonError where it is refused
 */
export function parseStrictJson(text: string): unknown {
  // The depth is measured first: it needs no valid JSON, and bounds what the parser recurses into.
  checkDepth(text);
  const value: unknown = JSON.parse(text);
  checkKeys(text);
  return value;
}

function checkDepth(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = stringEnd(text, at);
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    if (depth > MAX_DEPTH) throw new StrictJsonError(`The body is nested deeper than ${MAX_DEPTH} levels.`);
  }
}

/** Walks a text known to be valid JSON; each open object has the set of its keys, each open array `null`. */
function checkKeys(text: string): void {
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '{') open.push(new Set());
    else if (char === '[') open.push(null);
    else if (char === '}' || char === ']') open.pop();
    else if (char === '"') {
      const end = stringEnd(text, at);
      const value = JSON.parse(text.slice(at, end + 1)) as string;
      if (value.includes('\0')) throw new StrictJsonError('Text must not hold a NUL character.');
      if (isKey(text, end)) addKey(open[open.length - 1] ?? null, value);
      at = end;
    }
  }
}

function addKey(keys: Set<string> | null, key: string): void {
  // Names that every object has look like known fields to whoever asks an object for them.
  if (key in Object.prototype || key === 'prototype') throw new StrictJsonError('The body has a forbidden field name.');
  if (keys?.has(key)) throw new StrictJsonError('The body has the same field twice.');
  keys?.add(key);
}

/** A string is a key where a colon follows it. */
function isKey(text: string, end: number): boolean {
  let at = end + 1;
  while (/[ \t\r\n]/.test(text[at] ?? '')) at += 1;
  return text[at] === ':';
}

/** Index of the closing quote of the string that opens at `start`. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
