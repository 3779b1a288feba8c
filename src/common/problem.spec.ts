import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROBLEMS } from './problem';

it('has each problem in docs/errors.md with its status', () => {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'errors.md'), 'utf8');
  const rows = [...page.matchAll(/^\|\s*(\d{3})\s*\|\s*`(\w+)`\s*\|\s*(.*?)\s*\|/gm)].map(([, status, code, title]) => [
    code,
    Number(status),
    title,
  ]);
  expect(rows).toEqual(Object.entries(PROBLEMS).map(([code, [status, title]]) => [code, status, title]));
});
