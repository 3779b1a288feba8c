import type { outgoingTexts } from './outgoing-texts';

type Key = Exclude<keyof (typeof outgoingTexts)['en'], 'answered'>;

/** How the service's sentences begin, each with what it is here; `src/proxy/outgoing-error.ts` and who else says one. */
const BEGINNINGS: readonly (readonly [beginning: string, key: Key])[] = [
  ['The address leads to where', 'address_forbidden'],
  ['Nothing answers', 'unreachable'],
  ['The name in the address', 'name_unknown'],
  ['No whole answer', 'timeout'],
  ['The certificate', 'tls_failed'],
  ['The address redirects', 'redirected'],
  ['The answer is too large', 'too_large'],
  ['The connection ended', 'answer_cut'],
  ['Its address or secret', 'unreadable'],
  ['The webhook was switched off', 'switched_off'],
  ['Who entered this calendar', 'owner_gone'],
  ['The calendar’s address cannot', 'address_unreadable'],
  ["The calendar's address cannot", 'address_unreadable'],
  ['What the address gives', 'no_calendar'],
  ['The calendar takes too long', 'too_slow'],
  ['Its events cannot', 'not_entered'],
];
const ANSWERED = /answered (\d{3})\.$/;

/**
 * What a sentence of the service's says, to be said in the reader's language.
 * @returns `null`: it is none of those known here, and is shown as it is
 */
export function outgoingFault(
  sentence: string,
): { readonly key: Key } | { readonly key: 'answered'; readonly status: string } | null {
  const status = ANSWERED.exec(sentence)?.[1];
  if (status !== undefined) return { key: 'answered', status };
  const found = BEGINNINGS.find(([beginning]) => sentence.startsWith(beginning));
  return found ? { key: found[1] } : null;
}
