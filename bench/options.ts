import { parseArgs } from 'node:util';

export const SCENARIOS = [
  'rtsp',
  'linear',
  'mjpeg',
  'start',
  'stop',
  'highlight',
  'angles',
  'preview',
  'motion',
  'watch',
  'panel',
  'viewers',
  'memory',
] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

export interface BenchOptions {
  readonly quick: boolean;
  readonly only: readonly ScenarioName[];
  /** Length of the long run, seconds. */
  readonly longSeconds: number;
  /** Writes docs/benchmarks.md and docs/benchmarks.json. */
  readonly write: boolean;
  /** CPU profiles of the process under test go here. */
  readonly profile: string | null;
}

export const USAGE = `npm run bench -- [options]

  --quick          everything, smaller and shorter (about 8 minutes); writes no document
  --only <names>   of ${SCENARIOS.join(', ')}, separated by commas
  --long <time>    length of the long run: 180s, 30m, 8h (default 180s; 20s with --quick)
  --no-write       leave docs/benchmarks.md and .json as they are
  --profile <dir>  CPU profiles (V8) of the process under test, for each of its runs
  --help
`;

/** @throws Error that says what is wrong with the arguments */
export function readOptions(args: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      long: { type: 'string' },
      'no-write': { type: 'boolean', default: false },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const names = values.only === undefined ? [...SCENARIOS] : values.only.split(',');
  const strange = names.find((name) => !SCENARIOS.includes(name as ScenarioName));
  if (strange !== undefined) throw new Error(`--only: there is no "${strange}"; ${SCENARIOS.join(', ')}`);
  return {
    quick: values.quick,
    only: names as ScenarioName[],
    longSeconds: values.long === undefined ? (values.quick ? 20 : 180) : seconds(values.long),
    write: !values['no-write'] && !values.quick,
    profile: values.profile ?? null,
  };
}

function seconds(text: string): number {
  const [, number, unit] = /^(\d+)(s|m|h)$/.exec(text) ?? [];
  if (number === undefined) throw new Error(`--long: "${text}" is no time, such as 30m`);
  const value = Number(number) * { s: 1, m: 60, h: 3600 }[unit as 's' | 'm' | 'h'];
  if (value < 20) throw new Error('--long: 20 seconds at least');
  return value;
}
