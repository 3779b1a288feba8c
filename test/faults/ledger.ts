import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SideBySide } from './side-by-side';

/** Names the folder in which `npm run test:faults` collects what its tests found; elsewhere nothing is noted. */
export const LEDGER_VARIABLE = 'PADELVAR_FAULT_LEDGER';

/** Whether this is the fault run: there rows are played at full length, in `npm test` only as long as nobody minds. */
export const FAULT_RUN = Boolean(process.env[LEDGER_VARIABLE]);

/** The promises of `docs/reliability.md`. */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7';

export type Section = 'Cameras' | 'Machine' | 'Service' | 'Database' | 'Callers at once' | 'Soak';

/** A line of the table of faults. */
export interface FaultRow {
  readonly section: Section;
  /** What goes wrong. */
  readonly fault: string;
  /** How it was made to. */
  readonly how: string;
  readonly invariants: readonly Invariant[];
}

/** What a test found out about its row, while it runs. */
export class Findings {
  private times = 0;
  private worst: number | null = null;
  private readonly words: string[] = [];
  private impossible: string | null = null;

  /** The fault happened so many times more. */
  happened(times = 1): void {
    this.times += times;
  }

  /** So many seconds of pictures in a row were lost, at one of the times. */
  lost(seconds: number): void {
    this.worst = Math.max(this.worst ?? 0, seconds);
  }

  /** What is worth a word in the table. */
  note(words: string): void {
    if (!this.words.includes(words)) this.words.push(words);
  }

  /** This machine does not let it happen. */
  cannot(why: string): void {
    this.impossible = why;
  }

  entry(row: FaultRow, test: string, failure: string | null): LedgerEntry {
    const outcome = failure !== null ? 'failed' : this.impossible !== null ? 'not possible here' : 'held';
    const words = failure ?? this.impossible ?? this.words.join('; ');
    return { ...row, test, times: this.times, secondsLost: this.worst, outcome, words };
  }
}

/** A row as `scripts/test-faults.mjs` reads it. */
export interface LedgerEntry extends FaultRow {
  /** Jest's full name of its test. */
  readonly test: string;
  readonly times: number;
  /** Longest stretch of pictures lost; `null` where pictures are not what the row is about. */
  readonly secondsLost: number | null;
  readonly outcome: 'held' | 'failed' | 'not possible here';
  readonly words: string;
}

/** Adds a row to the ledger, from whichever of jest's processes. */
export function enter(entry: LedgerEntry): void {
  const folder = process.env[LEDGER_VARIABLE];
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, `${process.pid}.jsonl`), `${JSON.stringify({ ...entry, at: Date.now() })}\n`);
}

/** Runs what a row is about and enters what came of it. */
export async function entered(
  row: FaultRow,
  run: (found: Findings) => Promise<void>,
  found = new Findings(),
): Promise<void> {
  const test = expect.getState().currentTestName ?? '';
  try {
    await run(found);
    enter(found.entry(row, test, null));
  } catch (error) {
    enter(found.entry(row, test, error instanceof Error ? wordsOf(told(error)) : String(error)));
    throw error;
  }
}

/** An error in words; what fetch fails of stands in its cause. */
function told({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

/** A test that is a row of the table of faults. */
export function faultTest(row: FaultRow, run: (found: Findings) => Promise<void>, timeoutMs?: number): void {
  it(`${row.fault}: ${row.how}`, () => entered(row, run), timeoutMs);
}

/** A row that takes long, and so is played in the fault run only. */
export function longFaultTest(row: FaultRow, run: (found: Findings) => Promise<void>, timeoutMs?: number): void {
  if (FAULT_RUN) faultTest(row, run, timeoutMs);
}

/** A row and how it is played. */
export interface PlayedRow {
  readonly row: FaultRow;
  readonly play: (found: Findings) => Promise<void>;
}

/**
 * Tests of rows that are played side by side, for most of their time they wait. To be called behind the hook that makes what
 * they need and before the one that takes it away.
 * @param atOnce so many at a time
 */
export function faultTests(atOnce: number, rows: readonly PlayedRow[], timeoutMs?: number): void {
  const plays = new SideBySide<void>(atOnce);
  const findings = rows.map(() => new Findings());
  const nameOf = ({ fault, how }: FaultRow): string => `${fault}: ${how}`;

  beforeAll(() => {
    rows.forEach(({ row, play }, i) => plays.add(nameOf(row), () => play(findings[i] as Findings)));
  });
  afterAll(() => plays.over());

  rows.forEach(({ row }, i) => {
    it(nameOf(row), () => entered(row, () => plays.get(nameOf(row)), findings[i]), timeoutMs);
  });
}

/** What was violated, where a list of that was to be empty; else the first line. */
function wordsOf(message: string): string {
  // Jest colours what it says.
  const lines = message.replace(/\u001b\[[0-9;]*m/g, '').split('\n');
  const violated = lines.flatMap((line) => /^\+ +"(I\d: .*)",?$/.exec(line)?.[1] ?? []);
  return (violated.length > 0 ? violated.join('; ') : (lines[0] ?? '')).slice(0, 200);
}
