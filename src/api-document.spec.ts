import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The document calls a schema by the name of its class alone: of two of the same name one is described as the other. */
it('has a name of its own for each class that is described', () => {
  const names = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(__dirname, path), 'utf8'))
    .filter((source) => source.includes('@ApiProperty'))
    .flatMap((source) => [...source.matchAll(/^(?:export )?class (\w+)/gm)].map(([, name]) => name));
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});
