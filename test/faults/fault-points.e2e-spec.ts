import { FaultWalk } from './fault-walk';
import { FAULT_RUN, faultTests, FaultRow } from './ledger';

/** Moments at which file, name and row say different things. All of them: fault-points.long-spec.ts. */
const MOMENTS: readonly (readonly [string, string])[] = [
  ['publish.durable', 'the video has its name, and its old one'],
  ['recording.ready.uncommitted', 'the row is about to say ready'],
  ...(FAULT_RUN ? ([['flip.written', 'the file is flipped, not yet synced']] as const) : []),
];

describe('a service killed between two steps', () => {
  const row = (how: string): FaultRow => {
    return { section: 'Service', fault: 'SIGKILL between two steps', how, invariants: ['I1', 'I2', 'I4', 'I5', 'I6'] };
  };

  faultTests(
    2,
    MOMENTS.map(([name, words]) => ({
      row: row(words),
      play: async (found) => {
        expect(await FaultWalk.dieAt(name, found)).toBe(name);
      },
    })),
  );
});
