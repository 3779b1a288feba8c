/** A pixel has changed when its gray differs by more than this, beyond what the whole picture's did: noise differs by less. */
const CHANGED = 12;
/** Tenths of a percent of the picture that has changed; more than this is as much as can be said. */
const MOST = 100;

/**
 * How much moved between two gray pictures of one size: the share of pixels that changed, in tenths of a percent of the
 * picture, at most 100 (a tenth of the picture and more). Noise scores 0, a mover of 1.7 % of the picture 15 to 40. What all
 * pixels have in common, a camera that adapts to the light, is no movement.
 * @returns a whole number, 0 to 100
 * @throws RangeError where they are not of one size
 */
export function motionScore(before: Uint8Array, after: Uint8Array): number {
  const count = before.length;
  if (count === 0 || count !== after.length) throw new RangeError('pictures of one size can be compared');
  let sum = 0;
  for (let i = 0; i < count; i++) sum += after[i]! - before[i]!;
  const common = sum / count;
  let changed = 0;
  for (let i = 0; i < count; i++) if (Math.abs(after[i]! - before[i]! - common) > CHANGED) changed++;
  return Math.min(MOST, Math.round((changed * 1000) / count));
}
