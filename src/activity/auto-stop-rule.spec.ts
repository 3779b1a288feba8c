import { AutoStopPace } from './auto-stop-pace';
import { verdictOn, Watched } from './auto-stop-rule';

const pace = new AutoStopPace();
const scores = (score: number | null, seconds: number): (number | null)[] =>
  new Array<number | null>(seconds).fill(score);

/** Played for a minute, then not for so long; scores come two seconds late. */
function after(quiet: number, more: Partial<Watched> = {}): Watched {
  const all = [...scores(20, 60), ...scores(0, quiet)];
  return { minutes: 5, scores: all, length: all.length + 2, keptAt: 0, ...more };
}

describe('a recording stops by itself', () => {
  it.each<[string, Watched, string]>([
    ['not while there is play', after(0), 'goes_on'],
    ['not before its time', after(239), 'goes_on'],
    ['soon, a minute before', after(240), 'soon'],
    ['when its time is over', after(300), 'over'],
    ['not after somebody wanted it to go on', after(300, { keptAt: 200 }), 'goes_on'],
    ['when nobody plays for as long again', after(600, { keptAt: 360 }), 'over'],
    ['not while nothing is known of now', after(300, { length: 391 }), 'goes_on'],
    ['where the newest scores are late, but not too late', after(300, { length: 389 }), 'over'],
    [
      'not before ten minutes where nobody has played yet',
      { ...after(0), scores: scores(0, 500), length: 501 },
      'goes_on',
    ],
    ['after ten minutes where nobody has played yet', { ...after(0), scores: scores(0, 600), length: 601 }, 'over'],
    [
      'not for what was not seen',
      { ...after(0), scores: [...scores(20, 60), ...scores(null, 900)], length: 961 },
      'goes_on',
    ],
    [
      'not for time that was not seen',
      {
        ...after(0),
        scores: [...scores(20, 60), ...scores(0, 100), ...scores(null, 900), ...scores(0, 100)],
        length: 1161,
      },
      'goes_on',
    ],
  ])('%s', (_name, watched, expected) => {
    expect(verdictOn(watched, pace).state).toBe(expected);
  });

  it('after longer than ten minutes where the court has more', () => {
    const watched = { minutes: 20, scores: scores(0, 1100), length: 1101, keptAt: 0 };
    expect(verdictOn(watched, pace)).toEqual({ state: 'goes_on', quietSeconds: 1100 });
  });
});
