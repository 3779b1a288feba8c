import { FaultWalk } from './fault-walk';
import { faultTests, FaultRow } from './ledger';

/** Steps at which a match and its angle say different things. */
const STEPS: readonly (readonly [string, string])[] = [
  ['angle.insert', 'the match is open, its angle has no row'],
  ['angle.inserted', 'the angle has its row, nobody has dialled its camera'],
  ['recording.inserted', 'the match is about to be recorded'],
  ['recording.part.written', 'the match is recorded, its angle may not be yet'],
  ['journal.closed', 'one of the two has been stopped'],
  ['recording.ready.uncommitted', 'the row of the first of the two is about to say ready'],
  ['recording.ready.written', 'the row of the first of the two says ready'],
  ['session.closed.written', 'the match and its angle are closed, their cameras not'],
  ['delete.row_gone', 'both are marked as deleted, both files are there'],
  ['delete.file_gone', "the angle's file is gone, the match's is there"],
];

describe('a service killed between two steps of a match from two angles', () => {
  faultTests(
    2,
    STEPS.map(([name, words]) => {
      const row: FaultRow = {
        ...{ section: 'Service', fault: 'SIGKILL between two steps of a match from two angles', how: words },
        invariants: ['I1', 'I2', 'I4', 'I5', 'I6'],
      };
      return {
        row,
        play: async (found) => {
          expect(await FaultWalk.dieAt(name, found, { angle: true })).toBe(name);
        },
      };
    }),
    300_000,
  );
});
