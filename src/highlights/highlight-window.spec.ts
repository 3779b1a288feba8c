import { ProblemException } from '../common/problem';
import { highlightWindow } from './highlight-window';

describe('highlightWindow', () => {
  it.each([
    ['a press', {}, 100, { start: 70, end: 100, pressed: true }],
    ['a press that says how long', { seconds: 12.5 }, 100.0004, { start: 87.5, end: 100, pressed: true }],
    ['a press soon after the beginning', {}, 4, { start: 0, end: 4, pressed: true }],
    ['a stretch', { start_seconds: 10.1234, end_seconds: 20 }, 100, { start: 10.123, end: 20, pressed: false }],
    ['the end', { start_seconds: 99, end_seconds: 100 }, 100, { start: 99, end: 100, pressed: false }],
    ['as long as may be', { start_seconds: 0, end_seconds: 600 }, 900, { start: 0, end: 600, pressed: false }],
  ])('knows %s', (_, asked, duration, window) => expect(highlightWindow(asked, duration, 30)).toEqual(window));

  it.each([
    ['half a stretch', { start_seconds: 1 }, 100, 'validation_failed'],
    ['both ways', { seconds: 5, start_seconds: 1, end_seconds: 2 }, 100, 'validation_failed'],
    ['backwards', { start_seconds: 5, end_seconds: 4 }, 100, 'validation_failed'],
    ['too short', { start_seconds: 5, end_seconds: 5.9 }, 100, 'validation_failed'],
    ['too long', { start_seconds: 0, end_seconds: 601 }, 900, 'validation_failed'],
    ['what is to come', { start_seconds: 90, end_seconds: 100.1 }, 100, 'validation_failed'],
    ['a press before the first picture', {}, 0, 'not_recording'],
  ])('refuses %s', (_, asked, duration, code) => {
    let thrown: unknown;
    try {
      highlightWindow(asked, duration, 30);
    } catch (error) {
      thrown = error;
    }
    expect((thrown as ProblemException).code).toBe(code);
  });
});
