import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../cameras/child-process';

/** A fenced block of a document. */
export interface Fence {
  /** `ts`, `sh`, … */
  readonly language: string;
  /** What stands behind the language: here, a file's name. */
  readonly title: string;
  readonly text: string;
}

/** A document of this repository, as far as tests hold it to what is so. */
export class Document {
  readonly text: string;

  /** @param path from the repository's root */
  constructor(readonly path: string) {
    this.text = readFileSync(join(repositoryRoot(), path), 'utf8');
  }

  get fences(): Fence[] {
    return [...this.text.matchAll(/^ *```(\w+)(?: +(\S+))?\n([\s\S]*?)^ *```$/gm)].map(
      ([, language = '', title = '', text = '']) => ({ language, title, text }),
    );
  }

  /** Routes that it names, as the API document writes them: `GET /api/clubs/{}`. Blocks count as well. */
  get routes(): string[] {
    const named = this.text.matchAll(/`(GET|POST|PATCH|PUT|DELETE) (\/[^\s`?]*)/g);
    return [...new Set([...named].map(([, method = '', path = '']) => `${method} ${withoutNames(path)}`))];
  }

  /** What stands in backticks in the first column of the table behind a heading. */
  firstColumn(heading: string): string[] {
    const [, section = ''] = new RegExp(`^#+ ${heading}\n([\\s\\S]*?)(?=^#|(?![\\s\\S]))`, 'm').exec(this.text) ?? [];
    const cells = section.split('\n').flatMap((line) => /^\|([^|]*)\|/.exec(line)?.[1] ?? []);
    return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word));
  }
}

/** `:id` and `{id}` are the same place in a path. */
export function withoutNames(path: string): string {
  return path.replace(/:\w+|\{\w+\}/g, '{}');
}
