import { existsSync, readFileSync, rmSync } from 'node:fs';
import { testPostgres } from './global-setup';
import { FINDINGS, Kind } from './secret-watch';

export default async function globalTeardown(): Promise<void> {
  const { current } = testPostgres;
  if (!current) return;
  await current.postgres.stop();
  const findings = readFindings();
  rmSync(current.root, { recursive: true, force: true });
  if (findings.length > 0) throw new Error(`Planted secrets were said by services under test:\n${findings.join('\n')}`);
}

/** What was found; says how much was looked through. */
function readFindings(): string[] {
  const file = process.env[FINDINGS];
  if (file === undefined || !existsSync(file)) return [];
  const total: Record<Kind, number> = { 'log line': 0, answer: 0, process: 0 };
  const findings: string[] = [];
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    const { counts } = JSON.parse(line) as { counts?: Record<Kind, number> };
    if (!counts) findings.push(line);
    else for (const kind of Object.keys(total) as Kind[]) total[kind] += counts[kind];
  }
  const { 'log line': lines, answer: answers, process: processes } = total;
  process.stderr.write(
    `Looked for planted secrets in ${lines} log lines, ${answers} pieces of answers, ${processes} command lines: ${findings.length} found\n`,
  );
  return findings;
}
