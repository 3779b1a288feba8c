import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../cameras/child-process';
import { FaultWalk } from './fault-walk';
import { FAULT_RUN, faultTests, FaultRow } from './ledger';

/** Moments at which file, name and row say different things. All of them: fault-points.long-spec.ts. */
const MOMENTS: readonly (readonly [string, string])[] = [
  ['publish.durable', 'the video has its name, and its old one'],
  ['recording.ready.uncommitted', 'the row is about to say ready'],
  ...(FAULT_RUN ? ([['flip.written', 'the file is flipped, not yet synced']] as const) : []),
];

/** A finished file gets its chapters: of these steps all are played in the fault run, elsewhere the two that tell apart most. */
const CHAPTERS: readonly (readonly [string, string])[] = [
  ['chapters.begun', 'a new index with chapters is about to be written'],
  ['chapters.tables', 'the new index is written beside the old one, not yet synced'],
  ['chapters.durable', 'the new index is synced, the old one in force'],
  ['chapters.flipped', 'the new index is in force, not yet synced'],
  ['chapters.flip_durable', 'the new index is in force and synced'],
  ['chapters.row', 'the file has its chapters, and its row does not say so'],
];
const TELLING = ['chapters.durable', 'chapters.row'];

describe('a service killed between two steps', () => {
  const row = (how: string): FaultRow => {
    return { section: 'Service', fault: 'SIGKILL between two steps', how, invariants: ['I1', 'I2', 'I4', 'I5', 'I6'] };
  };

  faultTests(
    2,
    [...MOMENTS, ...CHAPTERS.filter(([name]) => FAULT_RUN || TELLING.includes(name))].map(([name, words]) => ({
      row: row(words),
      play: async (found) => {
        expect(await FaultWalk.dieAt(name, found)).toBe(name);
      },
    })),
  );

  it('is killed at every step of writing chapters that there is', () => {
    const source = join(repositoryRoot(), 'src');
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
    const points = files.flatMap((path) =>
      [...readFileSync(join(source, path), 'utf8').matchAll(/faultPoint\('(chapters\.\w+)'\)/g)].map(
        ([, name]) => name,
      ),
    );
    expect(CHAPTERS.map(([name]) => name).sort()).toEqual(points.sort());
  });
});
