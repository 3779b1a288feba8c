import { useKeys } from '../ui/player-keys';
import { type Angle, canBeSeen } from './angle';
import { type Chosen, onward, paired } from './choice';

/** A for the next angle, B for two side by side. */
export function useAngleKeys(angles: readonly Angle[], chosen: Chosen, onChoose: (chosen: Chosen) => void): void {
  const ids = angles.filter(canBeSeen).map(({ id }) => id);
  const keys = { a: () => onChoose(onward(chosen, ids)), b: () => onChoose(paired(chosen, ids)) };
  useKeys(ids.length > 1 && chosen.length > 0 ? keys : null);
}
