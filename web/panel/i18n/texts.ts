/** The texts of a room in both languages: the French ones have each key of the English ones, and no other. */
export function texts<const En extends Record<string, string>>(both: {
  readonly en: En;
  readonly fr: { readonly [Key in keyof En]: string };
}): { readonly en: En; readonly fr: { readonly [Key in keyof En]: string } } {
  // French sets a space before these signs, and no line breaks there.
  const fr = Object.fromEntries(
    Object.entries<string>(both.fr).map(([key, text]) => [key, text.replace(/ ([:;?!])/g, '\u00a0$1')]),
  );
  return { en: both.en, fr: fr as (typeof both)['fr'] };
}
