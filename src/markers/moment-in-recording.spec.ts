import { ProblemException } from '../common/problem';
import { momentInRecording } from './moment-in-recording';

const RUNNING = { durationSeconds: 60.0004, nowSeconds: 60.0004 };
const ENDED = { durationSeconds: 60, nowSeconds: 90 };

describe('momentInRecording', () => {
  it.each([
    [{ at_seconds: 0 }, RUNNING, 0],
    [{ at_seconds: 12.34567 }, RUNNING, 12.346],
    [{ at_seconds: 60 }, RUNNING, 60],
    [{ seconds_ago: 0 }, RUNNING, 60],
    [{ seconds_ago: 20 }, RUNNING, 40],
    [{ seconds_ago: 60 }, RUNNING, 0],
    [{ seconds_ago: 40 }, ENDED, 50],
  ])('%j of %j is %d', (named, clock, at) => expect(momentInRecording(named, clock)).toBe(at));

  it.each([
    ['neither', {}, RUNNING, ['at_seconds', 'seconds_ago']],
    ['both', { at_seconds: 1, seconds_ago: 1 }, RUNNING, ['at_seconds', 'seconds_ago']],
    ['behind the end', { at_seconds: 60.002 }, RUNNING, ['at_seconds']],
    ['before the beginning', { seconds_ago: 60.1 }, RUNNING, ['seconds_ago']],
    ['after it ended', { seconds_ago: 29 }, ENDED, ['seconds_ago']],
  ])('refuses %s', (_, named, clock, fields) => {
    let error: unknown;
    try {
      momentInRecording(named, clock);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(ProblemException);
    const { code, extras } = error as ProblemException;
    expect([code, extras.errors?.map(({ field }) => field)]).toEqual(['validation_failed', fields]);
  });
});
