import { adoptedSessionId, isUuid } from './session-name';

describe('the id of an adopted session', () => {
  const id = '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55';

  it('is its own where that is a UUID, in lower case', () => {
    expect(adoptedSessionId(3, '1', id)).toBe(id);
    expect(adoptedSessionId(3, '1', id.toUpperCase())).toBe(id);
  });

  it.each([
    'match_12',
    '00000000-0000-0000-0000-000000000000',
    '5f3f0d3e-8f3f-0d53-9f0a-0a8a4d1f8a55',
    `${id} (1)`,
    'a\nb',
  ])('is made of where %j lay, else', (name) => {
    const made = adoptedSessionId(3, '1', name);
    expect(isUuid(made)).toBe(true);
    expect(made).toBe(adoptedSessionId(3, '1', name));
    const others = [
      adoptedSessionId(4, '1', name),
      adoptedSessionId(3, '2', name),
      adoptedSessionId(3, '1', `${name}x`),
    ];
    expect(new Set([made, ...others]).size).toBe(4);
  });
});
