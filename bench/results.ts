import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCENARIOS, ScenarioName } from './options';
import { asMarkdown, Measured } from './report';

/** The newest result of every scenario, kept in docs/benchmarks.json and told in docs/benchmarks.md. */
export class Results {
  private readonly json: string;
  private readonly markdown: string;
  private readonly newest: Partial<Record<ScenarioName, Measured>>;

  constructor(root: string) {
    this.json = join(root, 'docs', 'benchmarks.json');
    this.markdown = join(root, 'docs', 'benchmarks.md');
    this.newest = read(this.json);
  }

  /** Writes both files with this result in the place of the scenario's last one. */
  note(name: ScenarioName, measured: Measured): void {
    this.newest[name] = measured;
    const known = SCENARIOS.filter((scenario) => this.newest[scenario] !== undefined);
    const ordered = Object.fromEntries(known.map((scenario) => [scenario, this.newest[scenario]]));
    writeFileSync(this.json, `${JSON.stringify(ordered, null, 2)}\n`);
    writeFileSync(this.markdown, asMarkdown(known.map((scenario) => this.newest[scenario] as Measured)));
  }
}

function read(path: string): Partial<Record<ScenarioName, Measured>> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Partial<Record<ScenarioName, Measured>>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
