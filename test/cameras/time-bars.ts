/**
 * The machine-readable frame number in every clip.
 *
 * A row of 22 blocks of equal width stands at the top AND at the bottom of the picture, each row 1/18 of the height:
 *
 *     white | black | b15 … b0 (frame number, most significant bit first, white = 1) | p3 p2 p1 p0
 *
 * The first two blocks are the reference levels. `p_j` is the even parity of the data bits `b_i` with `i mod 4 = j`.
 * Both rows must be readable and say the same: a picture whose lower half is missing, grey or of another frame reads as
 * `null`. The number is the presentation index within the clip and starts again at 0 with every loop.
 */
const DATA_BITS = 16;
const PARITY_BITS = 4;
const COLUMNS = 2 + DATA_BITS + PARITY_BITS;
const ROWS_PER_PICTURE = 18;

/** Largest frame number the bars can hold, plus one: a clip may not have more frames. */
export const TIME_BARS_MODULUS = 2 ** DATA_BITS;

/** Height of one row of bars in pixels. */
export function timeBarHeight(height: number): number {
  return Math.max(4, Math.floor(height / ROWS_PER_PICTURE));
}

function columnEdges(width: number, column: number): [number, number] {
  return [Math.floor((column * width) / COLUMNS), Math.floor(((column + 1) * width) / COLUMNS)];
}

/** The bits of one row, reference blocks included. */
export function timeBarBits(frame: number): boolean[] {
  const data = Array.from({ length: DATA_BITS }, (_, i) => ((frame >> (DATA_BITS - 1 - i)) & 1) === 1);
  const parity = Array.from({ length: PARITY_BITS }, (_, i) => {
    const j = PARITY_BITS - 1 - i;
    let sum = 0;
    for (let bit = j; bit < DATA_BITS; bit += PARITY_BITS) sum += (frame >> bit) & 1;
    return sum % 2 === 1;
  });
  return [true, false, ...data, ...parity];
}

/** FFmpeg `drawbox` filters that draw both rows; the frame number is the timeline variable `n`. */
export function timeBarFilters(width: number, height: number): string[] {
  const row = timeBarHeight(height);
  const bit = (i: number): string => `floor(n/${2 ** i})`;
  const conditions: string[] = ['1'];
  for (let i = DATA_BITS - 1; i >= 0; i--) conditions.push(`mod(${bit(i)},2)`);
  for (let j = PARITY_BITS - 1; j >= 0; j--) {
    const terms: string[] = [];
    for (let i = j; i < DATA_BITS; i += PARITY_BITS) terms.push(bit(i));
    conditions.push(`mod(${terms.join('+')},2)`);
  }
  return [0, height - row].flatMap((y) => [
    `drawbox=x=0:y=${y}:w=${width}:h=${row}:c=black:t=fill`,
    ...conditions.map((condition, i) => {
      const [from, to] = columnEdges(width, i === 0 ? 0 : i + 1);
      return `drawbox=x=${from}:y=${y}:w=${to - from}:h=${row}:c=white:t=fill:enable='${condition}'`;
    }),
  ]);
}

/** Mean of the middle of one block, so that scaling and ringing at its edges do not matter. */
function blockLevel(gray: Uint8Array, stride: number, x0: number, x1: number, y0: number, y1: number): number {
  const inset = (from: number, to: number): [number, number] => {
    const quarter = Math.floor((to - from) / 4);
    return [from + quarter, Math.max(from + quarter + 1, to - quarter)];
  };
  const [left, right] = inset(x0, x1);
  const [top, bottom] = inset(y0, y1);
  let sum = 0;
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += gray[y * stride + x] ?? 0;
  return sum / ((right - left) * (bottom - top));
}

function readRow(gray: Uint8Array, width: number, y0: number, y1: number): number | null {
  const levels = Array.from({ length: COLUMNS }, (_, i) => {
    const [x0, x1] = columnEdges(width, i);
    return blockLevel(gray, width, x0, x1, y0, y1);
  });
  const white = levels[0] ?? 0;
  const black = levels[1] ?? 0;
  if (white - black < 96) return null;
  const middle = (white + black) / 2;
  const margin = (white - black) / 5;
  let frame = 0;
  for (const level of levels.slice(2, 2 + DATA_BITS)) frame = frame * 2 + (level > middle ? 1 : 0);
  const expected = timeBarBits(frame);
  const clear = levels.every((level, i) => level > middle === expected[i] && Math.abs(level - middle) > margin);
  return clear ? frame : null;
}

/**
 * Reads the frame number from a decoded picture of any size that keeps the clip's proportions of the rows.
 * @param gray `width * height` luma samples, full or limited range, no padding between lines.
 * @returns the frame number, or `null` where a row is unreadable, fails its parity, or the two rows differ.
 */
export function readTimeBars(gray: Uint8Array, width: number, height: number): number | null {
  const row = timeBarHeight(height);
  const top = readRow(gray, width, 0, row);
  return top !== null && top === readRow(gray, width, height - row, height) ? top : null;
}
