import { MatchState, requireAddable, requireRemovable } from './player-rules';

const OPEN: MatchState = { open: true, lately: true };
const LATELY: MatchState = { open: false, lately: true };
const LONG_AGO: MatchState = { open: false, lately: false };

function refused(act: () => void): boolean {
  try {
    act();
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'session_over' });
    return true;
  }
}

describe('the players of a match', () => {
  it.each([
    ['open', OPEN, false],
    ['over lately', LATELY, false],
    ['over long ago', LONG_AGO, true],
  ])('are added to one that is %s: refused %s %s', (_name, state, expected) => {
    expect(refused(() => requireAddable(state))).toBe(expected);
  });

  const there = { addedLater: false };
  const later = { addedLater: true };
  it.each([
    ['owner', OPEN, there, false],
    ['owner', LATELY, there, true],
    ['owner', LATELY, later, false],
    ['owner', LONG_AGO, later, true],
    ['admin', LONG_AGO, there, false],
    ['themselves', LONG_AGO, there, false],
    ['themselves', OPEN, there, false],
  ] as const)('are taken out by the %s, %j, %j: refused %s', (by, state, player, expected) => {
    expect(refused(() => requireRemovable(state, by, player))).toBe(expected);
  });
});
