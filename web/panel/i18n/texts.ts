/** The texts of a room in both languages: the French ones have each key of the English ones, and no other. */
export function texts<const En extends Record<string, string>>(both: {
  readonly en: En;
  readonly fr: { readonly [Key in keyof En]: string };
}): { readonly en: En; readonly fr: { readonly [Key in keyof En]: string } } {
  return both;
}
