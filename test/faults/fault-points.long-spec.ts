import { FaultWalk } from './fault-walk';
import { entered, Findings } from './ledger';

/** Services that die at one time. */
const LANES = 2;
/** More fault points than there are: a walk that never ends is a failure. */
const TOO_MANY = 300;
const HOUR_MS = 3_600_000;

/** A recording from opening to deletion, by a service that dies at its 1st, 2nd, 3rd … step, until none is left to die at. */
it(
  'survives SIGKILL at every step of a recording',
  async () => {
    const row = {
      section: 'Service',
      fault: 'SIGKILL at every step',
      how: 'open, record, stop, delete: it ends itself at its 1st, 2nd, 3rd … fault point, until none is left',
      invariants: ['I1', 'I2', 'I4', 'I5', 'I6'],
    } as const;
    await entered(row, (found) => walk(found));
  },
  HOUR_MS,
);

async function walk(found: Findings): Promise<void> {
  const died: string[] = [];
  const wrong: string[] = [];
  let next = 1;
  let over = false;
  const lane = async (): Promise<void> => {
    while (!over) {
      const point = next++;
      if (point > TOO_MANY) throw new Error(`${TOO_MANY} fault points, and no end`);
      try {
        const name = await FaultWalk.dieAt(point, found);
        if (name === null) over = true;
        else died.push(name);
        process.stderr.write(`fault point ${point}: ${name ?? 'none left'}\n`);
      } catch (error) {
        wrong.push(`${point}: ${error instanceof Error ? error.message : String(error)}`);
        process.stderr.write(`fault point ${point}: FAILED ${wrong[wrong.length - 1]}\n`);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  expect(wrong).toEqual([]);
  found.note(`${died.length} deaths at ${new Set(died).size} different points`);
}
