/**
 * How properties are tried: with the same random values each time, so that a failure is had again, and others where
 * `PROPERTY_SEED` says so. fast-check puts seed and path into what it says of a failure.
 */
export function property(numRuns: number): { seed: number; numRuns: number } {
  return { seed: Number(process.env.PROPERTY_SEED ?? 20_261_126), numRuns };
}
