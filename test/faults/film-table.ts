import { CameraServer } from '../cameras';
import { CourtInLab, CourtLab } from './court-lab';
import { expectTrueFilm, Film, film, FilmRules, lossOf, pictures } from './film';
import { entered } from './ledger';
import { SideBySide } from './side-by-side';

/** One camera to be recorded while it does something. */
export interface FilmRow<C extends CameraServer = CameraServer> {
  readonly name: string;
  readonly make: () => Promise<C> | C;
  /** What happens while it records; by default it plays for two seconds. */
  readonly script?: (camera: C, court: CourtInLab) => Promise<void>;
  readonly rules?: FilmRules;
  /** What else must hold of it. */
  readonly check?: (film: Film, camera: C) => void;
}

/** Keeps a table of rows of different cameras typed. */
export function row<C extends CameraServer>(entry: FilmRow<C>): FilmRow {
  return entry as unknown as FilmRow;
}

/** Courts that record at one time: what two cores do without falling behind. */
const COURTS = 6;
/** Of a camera of 25 pictures a second. */
const TWO_SECONDS = 50;

/** One test a row; all rows of a table are recorded side by side. */
export function describeFilms(
  title: string,
  rows: readonly FilmRow[],
  env: Readonly<Record<string, string>> = {},
): void {
  describe(title, () => {
    let lab: CourtLab;
    const films = new SideBySide<readonly [Film, CameraServer]>(COURTS);

    beforeAll(async () => {
      lab = await CourtLab.open(env);
      for (const { name, make, script } of rows) {
        films.add(name, async () => {
          const camera = await make();
          const play = script ?? ((playing: CameraServer) => pictures(playing, TWO_SECONDS));
          return [await film(lab, camera, (court) => play(camera, court)), camera];
        });
      }
    });

    afterAll(async () => {
      await films.over();
      await lab.close();
    });

    it.each(rows.map((entry) => [entry.name, entry] as const))('%s', async (name, { rules, check }) => {
      const how = 'a simulated camera on a real socket, recorded meanwhile';
      await entered(
        { section: 'Cameras', fault: `${title}: ${name}`, how, invariants: ['I1', 'I4'] },
        async (found) => {
          const [developed, camera] = await films.get(name);
          found.happened();
          found.lost(lossOf(developed));
          expectTrueFilm(developed, rules);
          check?.(developed, camera);
        },
      );
    });
  });
}
