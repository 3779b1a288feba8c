import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { builtPage } from '../../common/built-page';
import { html } from './html';
import { Page } from './share-page';
import { Language } from './words';

/** Where the built page has what is made for each answer. */
const PLACES = { language: '__LANGUAGE__', head: '<!-- HEAD -->', body: '<!-- BODY -->' } as const;

/** What stands in for it where the pages were not built: all there is to read and to play, without looks. */
const PLAIN = `<!doctype html>
<html lang="${PLACES.language}">
<head><meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1" />${PLACES.head}</head>
<body>${PLACES.body}</body>
</html>`;

/** Puts pages into what vite built from `web/share/`, which knows the names of their style sheet and script. */
@Injectable()
export class PageShell {
  private shell: Promise<string> | null = null;

  async wrap(language: Language, { title, head, body }: Page): Promise<string> {
    const shell = await (this.shell ??= this.read());
    const titled = html`<title>${title}</title>${head}`;
    // By functions: `$` in a name means nothing.
    return shell
      .replace(PLACES.language, () => language)
      .replace(PLACES.head, () => titled.text)
      .replace(PLACES.body, () => body.text);
  }

  private async read(): Promise<string> {
    try {
      return await readFile(join(builtPage('share'), 'index.html'), 'utf8');
    } catch {
      this.shell = null;
      return PLAIN;
    }
  }
}
