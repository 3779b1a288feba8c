/** Keys of `defaults` taken from `options` where they are given there. */
export function withDefaults<T extends object>(defaults: T, options: Partial<T>): T {
  const chosen = (Object.keys(defaults) as (keyof T)[]).filter((key) => options[key] !== undefined);
  return Object.assign({ ...defaults }, Object.fromEntries(chosen.map((key) => [key, options[key]])));
}
