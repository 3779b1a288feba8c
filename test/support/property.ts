/**
 * How properties are tried: with the same random values each time, so that a failure is had again, and others where
 * `PROPERTY_SEED` says so. fast-check puts seed and path into what it says of a failure.
 * @param turn of a property that is tried again, with other values
 */
export function property(numRuns: number, turn = 0): { seed: number; numRuns: number } {
  return { seed: Number(process.env.PROPERTY_SEED ?? 20_261_126) + turn, numRuns };
}
