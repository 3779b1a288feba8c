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
