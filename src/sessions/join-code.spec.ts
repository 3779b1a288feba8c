import { JOIN_CODE_ALPHABET, newJoinCode, normalizeJoinCode, withJoinCode } from './join-code';

const taken = (constraint: string): Error => Object.assign(new Error('taken'), { code: '23505', constraint });

describe('join codes', () => {
  it('are eight signs that nobody mistakes, and different each time', () => {
    const codes = Array.from({ length: 2_000 }, newJoinCode);
    for (const code of codes) expect(code).toMatch(/^[ABCDEFGHJKMNPQRSTVWXYZ2-9]{8}$/);
    expect(new Set(codes).size).toBe(codes.length);
    expect(new Set(codes.join('')).size).toBe(JOIN_CODE_ALPHABET.length);
  });

  it.each([
    ['abcd2345', 'ABCD2345'],
    [' ABCD-2345 ', 'ABCD2345'],
    ['ab cd\t23 45', 'ABCD2345'],
  ])('are read as people type them: %j', (typed, code) => {
    expect(normalizeJoinCode(typed)).toBe(code);
  });

  it('are drawn again where one is taken, and only then', async () => {
    const drawn: string[] = [];
    const work = (code: string): Promise<string> => {
      drawn.push(code);
      return drawn.length < 3 ? Promise.reject(taken('camera_sessions_join_code_key')) : Promise.resolve('done');
    };
    expect(await withJoinCode(work)).toBe('done');
    expect(new Set(drawn).size).toBe(3);
    const other = taken('camera_sessions_open_court_key');
    await expect(withJoinCode(() => Promise.reject(other))).rejects.toBe(other);
  });

  it('are not drawn for ever', async () => {
    const work = jest.fn().mockRejectedValue(taken('camera_sessions_join_code_key'));
    await expect(withJoinCode(work)).rejects.toThrow('taken');
    expect(work).toHaveBeenCalledTimes(5);
  });
});
