import { nextOf } from '../../live';

/** The cameras that are seen, by their sessions: one, or two beside each other. */
export type Chosen = readonly string[];

/** An angle's button: alone it is seen alone; of two it comes to the second place, or, where it is there already, to the first. */
export function pressed(chosen: Chosen, id: string): Chosen {
  const [first, second] = chosen;
  if (first === undefined || second === undefined) return [id];
  if (id === first) return chosen;
  return id === second ? [second, first] : [first, id];
}

/** The key for the next angle; of two the second one changes, and where there are no more than two they change places. */
export function onward(chosen: Chosen, ids: readonly string[]): Chosen {
  const [first, second] = chosen;
  if (second === undefined) return [nextOf(ids, first) ?? first ?? ''];
  const others = ids.filter((id) => id !== first);
  return pressed(chosen, nextOf(others, second) ?? second);
}

/** Side by side, or no longer. */
export function paired(chosen: Chosen, ids: readonly string[]): Chosen {
  const [first, second] = chosen;
  const next = nextOf(ids, first);
  return second !== undefined || next === undefined || next === first ? chosen.slice(0, 1) : [first ?? next, next];
}
