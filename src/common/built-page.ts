import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where vite puts what is built from `web/`: beside `package.json`, whether this runs from `src/` or from `dist/src/`. */
export function builtPage(name: string): string {
  let root = __dirname;
  while (!existsSync(join(root, 'package.json')) && dirname(root) !== root) root = dirname(root);
  return join(root, 'static', name);
}
