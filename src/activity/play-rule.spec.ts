import { judgePlay } from './play-rule';

type Score = number | null;
const quiet = (seconds: number): Score[] => new Array<Score>(seconds).fill(0);
const lively = (seconds: number): Score[] => new Array<Score>(seconds).fill(20);
const unknown = (seconds: number): Score[] => new Array<Score>(seconds).fill(null);

describe('play', () => {
  it.each<[string, Score[], object]>([
    ['has not been where nothing is known', [], { played: false, playing: false, quietSeconds: 0 }],
    ['has not been on an empty court', quiet(300), { played: false, playing: false, quietSeconds: 300 }],
    ['is', [...quiet(60), ...lively(10)], { played: true, playing: true, quietSeconds: 0 }],
    ['is not yet', [...quiet(60), ...lively(9)], { played: false, playing: false, quietSeconds: 69 }],
    ['is not somebody who crosses the court', [...quiet(60), ...lively(8), ...quiet(60)], { quietSeconds: 128 }],
    ['is not a lamp that is switched on', [...quiet(60), 100, 100, ...quiet(60)], { played: false, quietSeconds: 122 }],
    ['goes on between two rallies', [...lively(60), ...quiet(25), ...lively(3)], { playing: true, quietSeconds: 0 }],
    [
      'goes on where little moves',
      [
        ...lively(60),
        ...Array(20)
          .fill([...lively(1), ...quiet(9)])
          .flat(),
      ],
      { playing: true },
    ],
    ['has ended with its last lively second', [...lively(60), ...quiet(40)], { playing: false, quietSeconds: 40 }],
    ['has not ended for what is not known', [...lively(60), ...quiet(40), ...unknown(600)], { quietSeconds: 40 }],
    ['of a match that nobody saw', [...lively(60), ...unknown(600)], { played: true, quietSeconds: 0 }],
    ['begins again', [...lively(60), ...quiet(300), ...lively(10)], { playing: true, quietSeconds: 0 }],
    ['is not what hardly moves', new Array<Score>(100).fill(2), { played: false, quietSeconds: 100 }],
    ['is what moves enough', new Array<Score>(100).fill(3), { played: true, quietSeconds: 0 }],
  ])('%s', (_name, scores, expected) => {
    expect(judgePlay(scores)).toMatchObject(expected);
  });

  it('is waited for anew from when somebody said that it goes on', () => {
    const scores = [...lively(60), ...quiet(300)];
    expect(judgePlay(scores, 200)).toEqual({ played: true, playing: false, quietSeconds: 160 });
    // Later than the newest score, or while there is play.
    expect(judgePlay(scores, 365)).toMatchObject({ played: true, quietSeconds: 0 });
    expect(judgePlay([...lively(60), ...quiet(40)], 70)).toMatchObject({ quietSeconds: 30 });
  });

  it('is the same for scores with holes', () => {
    const scores: Score[] = lively(60);
    scores[200] = 0;
    expect(judgePlay(scores)).toEqual({ played: true, playing: false, quietSeconds: 1 });
  });
});
