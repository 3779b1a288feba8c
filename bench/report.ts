import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { Figure, Finding } from './figure';

/** What the figures depend on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly node: string;
  readonly ffmpeg: string;
}

/** One scenario's result, with what it depends on. */
export interface Measured {
  readonly finding: Finding;
  readonly machine: Machine;
  /** Load average of the minute before. */
  readonly load: number;
  /** ISO 8601. */
  readonly at: string;
}

export function lookAtMachine(): Machine {
  const [first] = execFileSync('ffmpeg', ['-version'], { encoding: 'utf8' }).split(' Copyright');
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: `Linux ${release()}`,
    node: process.version,
    ffmpeg: first?.replace('ffmpeg version ', '') ?? 'unknown',
  };
}

const HEAD = ['what', 'unit', 'ours', 'p95', 'bare FFmpeg', 'ratio', 'target', ''];

function row(figure: Figure): string[] {
  const { what, unit, digits, ours, bare, target } = figure;
  const number = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(digits));
  const ratio = bare === undefined ? '' : `${(ours.median / bare).toFixed(2)} ×`;
  const mark = target === null ? '' : target.met ? 'pass' : 'MISS';
  return [what, unit, number(ours.median), number(ours.p95), number(bare), ratio, target?.text ?? '', mark];
}

/** A finding for the terminal. */
export function asText({ title, figures, notes }: Finding): string {
  const rows = [HEAD, ...figures.map(row)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => (cells[column] as string).length)));
  const lines = rows.map((cells) =>
    `  ${cells.map((cell, i) => cell.padEnd(widths[i] as number)).join('  ')}`.trimEnd(),
  );
  return ['', title, ...lines, ...notes.map((note) => `  ${note}`), ''].join('\n');
}

function sectionOf({ finding, machine, load, at }: Measured): string {
  const { title, method, figures, notes } = finding;
  const { processor, cores, memoryGib, kernel, node, ffmpeg } = machine;
  const table = [HEAD, HEAD.map((_, i) => (i >= 2 && i <= 5 ? '---:' : '---')), ...figures.map(row)];
  return [
    `## ${title}`,
    method,
    table.map((cells) => `| ${cells.join(' | ')} |`).join('\n'),
    ...notes,
    `Measured ${at.slice(0, 16).replace('T', ' ')} UTC on ${processor}, ${cores} cores, ${memoryGib} GiB, ${kernel}, Node ${node}, ` +
      `FFmpeg ${ffmpeg}; load average before it ${load.toFixed(2)}.`,
  ].join('\n\n');
}

/** docs/benchmarks.md, from the newest result of every scenario. */
export function asMarkdown(results: readonly Measured[]): string {
  const targets = results.flatMap(({ finding }) => finding.figures.filter(({ target }) => target !== null));
  const missed = targets.filter(({ target }) => target?.met === false);
  const verdict =
    missed.length === 0
      ? `All ${targets.length} targets were met.`
      : `${missed.length} of ${targets.length} targets were missed:\n\n${missed.map(({ what, target }) => `- ${what}: ${target?.text}`).join('\n')}`;
  return `${[
    '# Benchmarks',
    'Written by `npm run bench`, which measures a section as a whole: both sides of every ratio in one run, in turn. Figures are ' +
      'medians. Cameras are simulated, over real sockets, in a process of their own that counts for nobody. Where a section does ' +
      'not say that it is the whole service, what is measured is the process that hosts the sessions (`src/runtime`), as the ' +
      'service runs it, without HTTP and database. The same in numbers: benchmarks.json.',
    verdict,
    ...results.map(sectionOf),
    '## Do it again',
    '```\nnpm run bench              # everything, about 30 minutes, writes this file anew\n' +
      'npm run bench -- --quick   # smaller and shorter, about 8 minutes; writes nothing\n' +
      'npm run bench -- --only rtsp,stop                   # writes these sections anew\n' +
      'npm run bench -- --only memory --long 8h\n' +
      'npm run bench -- --only linear --profile profiles   # V8 CPU profiles of the process under test\n```',
    'It wants a quiet machine with two cores and 8 GB of free disk. It exits with 1 where a target was missed.',
  ].join('\n\n')}\n`;
}
