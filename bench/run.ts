import { repositoryRoot } from '../test/cameras/child-process';
import { Finding } from './figure';
import { Lab } from './lab';
import { BenchOptions, readOptions, ScenarioName, USAGE } from './options';
import { loadAverage } from './proc';
import { asText, lookAtMachine, Measured } from './report';
import { Results } from './results';
import { angles } from './scenarios/angles';
import { highlights } from './scenarios/highlights';
import { linear } from './scenarios/linear';
import { memory } from './scenarios/memory';
import { mjpegCost } from './scenarios/mjpeg-cost';
import { motion } from './scenarios/motion';
import { panel } from './scenarios/panel';
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
  highlight: highlights,
  angles,
  preview,
  motion,
  watch,
  panel,
  viewers,
  memory,
};

function progress(text: string): void {
  process.stderr.write(`  ${text}\n`);
}

async function runAll(lab: Lab, options: BenchOptions, results: Results | null): Promise<Finding[]> {
  const machine = lookAtMachine();
  const findings: Finding[] = [];
  for (const name of options.only) {
    const load = loadAverage();
    process.stderr.write(`${name} (load ${load.toFixed(2)})\n`);
    const measured: Measured = { finding: await SCENARIOS[name](lab), machine, load, at: new Date().toISOString() };
    process.stdout.write(asText(measured.finding));
    results?.note(name, measured);
    findings.push(measured.finding);
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
  const results = options.write ? new Results(root) : null;
  const lab = new Lab(root, options, progress);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void lab.close().finally(() => process.exit(130)));
  }
  try {
    const findings = await runAll(lab, options, results);
    const missed = findings.flatMap(({ figures }) => figures.filter(({ target }) => target?.met === false));
    process.stdout.write(missed.length === 0 ? '\nAll targets met.\n' : `\n${missed.length} missed.\n`);
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
