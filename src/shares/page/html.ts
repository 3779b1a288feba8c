/** A piece of HTML whose every part was escaped, or written by us. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | null | false | readonly Html[];

/** HTML with its parts escaped: `` html`<h1>${name}</h1>` ``. `null` and `false` are nothing; lists follow one another. */
export function html(words: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(words.reduce((text, word, i) => text + (i === 0 ? '' : textOf(parts[i - 1] as Part)) + word, ''));
}

function textOf(part: Part): string {
  if (part === null || part === false) return '';
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return (part as readonly Html[]).map(({ text }) => text).join('');
  return escape(String(part));
}

/** Good for text and for quoted attributes (HTML, §13.3). */
function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
