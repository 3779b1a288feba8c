import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../test/cameras/child-process';
import { Finding } from './figure';
import { Lab } from './lab';
import { BenchOptions, readOptions, ScenarioName, USAGE } from './options';
import { loadAverage } from './proc';
import { asMarkdown, asText, lookAtMachine } from './report';
import { linear } from './scenarios/linear';
import { memory } from './scenarios/memory';
import { mjpegCost } from './scenarios/mjpeg-cost';
import { preview } from './scenarios/preview';
import { rtspCost } from './scenarios/rtsp-cost';
import { starts } from './scenarios/starts';
import { stops } from './scenarios/stops';
import { viewers } from './scenarios/viewers';
import { watch } from './scenarios/watch';

const SCENARIOS: Record<ScenarioName, (lab: Lab) => Promise<Finding>> = {
  rtsp: rtspCost,
  linear,
  mjpeg: mjpegCost,
  start: starts,
  stop: stops,
  preview,
  watch,
  viewers,
  memory,
};

function progress(text: string): void {
  process.stderr.write(`  ${text}\n`);
}

async function runAll(lab: Lab, options: BenchOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of options.only) {
    process.stderr.write(`${name} (load ${loadAverage().toFixed(2)})\n`);
    const finding = await SCENARIOS[name](lab);
    process.stdout.write(asText(finding));
    findings.push(finding);
  }
  return findings;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === null) {
    process.stdout.write(USAGE);
    return 0;
  }
  const root = repositoryRoot();
  const machine = lookAtMachine();
  const lab = new Lab(root, options, progress);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void lab.close().finally(() => process.exit(130)));
  }
  try {
    const findings = await runAll(lab, options);
    const missed = findings.flatMap(({ figures }) => figures.filter(({ target }) => target?.met === false));
    process.stdout.write(missed.length === 0 ? '\nAll targets met.\n' : `\n${missed.length} missed.\n`);
    if (options.write) writeFileSync(join(root, 'docs', 'benchmarks.md'), asMarkdown(findings, machine));
    return missed.length === 0 ? 0 : 1;
  } finally {
    await lab.close();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(2);
  },
);
