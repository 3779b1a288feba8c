import { median, p95 } from './stats';

/** One line of the result. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  /** Decimals shown. */
  readonly digits: number;
  /** Median and p95 where there is more than one value. */
  readonly ours: { readonly median: number; readonly p95?: number };
  /** Bare FFmpeg doing the same, where that is the measure. */
  readonly bare?: number;
  /** `null`: nothing was promised. */
  readonly target: { readonly text: string; readonly met: boolean } | null;
}

/** What a scenario found. */
export interface Finding {
  readonly title: string;
  /** How it was measured, for a reader who doubts it. */
  readonly method: string;
  readonly figures: readonly Figure[];
  /** What was not measured, and why; what else should be known. */
  readonly notes: readonly string[];
}

/** A figure that is compared with bare FFmpeg. */
export function against(
  what: string,
  unit: string,
  digits: number,
  ours: number,
  bare: number,
  atMost: number,
): Figure {
  const target = { text: `≤ ${atMost} ×`, met: ours / bare <= atMost };
  return { what, unit, digits, ours: { median: ours }, bare, target };
}

/** One value; @param most `null`: nothing was promised */
export function value(what: string, unit: string, digits: number, found: number, most: number | null = null): Figure {
  const target = most === null ? null : { text: `≤ ${most}${unit === '' ? '' : ` ${unit}`}`, met: found <= most };
  return { what, unit, digits, ours: { median: found }, target };
}

/** How often something happened. */
export function count(what: string, found: number, most: number): Figure {
  return value(what, '', 0, found, most);
}

/** Median and p95 of milliseconds; @param most `null`: nothing was promised */
export function delays(
  what: string,
  values: readonly number[],
  most: { median?: number; p95?: number } | null,
): Figure {
  const ours = { median: median(values), p95: p95(values) };
  const figure = { what: `${what}, ${values.length} ×`, unit: 'ms', digits: 0, ours };
  if (most === null) return { ...figure, target: null };
  const promised = [
    ...(most.median === undefined ? [] : [`median ≤ ${most.median}`]),
    ...(most.p95 === undefined ? [] : [`p95 ≤ ${most.p95}`]),
  ];
  const met = ours.p95 <= (most.p95 ?? Infinity) && ours.median <= (most.median ?? Infinity);
  return { ...figure, target: { text: `${promised.join(', ')} ms`, met } };
}
