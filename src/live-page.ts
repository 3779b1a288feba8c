import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Express } from 'express';

const PREFIX = '/live/';
/** Names in there hold a hash of what is in the file: it never changes. */
const HASHED = `${sep}assets${sep}`;

/**
 * Serves the page built from `web/` (`static/live/`), and nothing else of `static/`. Where it was not built, `/live/` is a
 * 404 like any unknown route.
 */
export function setupLivePage(app: NestExpressApplication): void {
  const express = app.getHttpAdapter().getInstance() as Express;
  express.get('/', (_request, response) => response.redirect(302, PREFIX));
  app.useStaticAssets(builtPage(), {
    prefix: PREFIX,
    setHeaders: (response, path) => {
      // The page itself is asked for anew each time, and is a 304 as long as it is the same.
      const lasting = path.includes(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache';
      response.setHeader('Cache-Control', lasting);
    },
  });
}

/** Beside `package.json`, whether this runs from `src/` or from `dist/src/`. */
function builtPage(): string {
  let root = __dirname;
  while (!existsSync(join(root, 'package.json')) && dirname(root) !== root) root = dirname(root);
  return join(root, 'static', 'live');
}
