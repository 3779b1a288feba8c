import { fitsInPage, savedName } from './saving';

describe('saving a video', () => {
  it('is called after the court and the time there', () => {
    expect(savedName('Court 1', '2026-05-01T22:02:30Z', 'Europe/Paris')).toBe('Court 1 2026-05-02 00h02.mp4');
    expect(savedName('Court 1', '2026-05-01T22:02:30Z', 'America/New_York')).toBe('Court 1 2026-05-01 18h02.mp4');
  });

  it('has no character that a file system refuses', () => {
    expect(savedName('A/B\t"Centre"?', '2026-05-01T12:00:00Z', 'UTC')).toBe('A-B-Centre- 2026-05-01 12h00.mp4');
  });

  test.each([
    [500_000_000, false, true],
    [500_000_001, false, false],
    [150_000_000, true, true],
    [150_000_001, true, false],
  ])('%i bytes, on a phone %s: in the page %s', (bytes, onPhone, expected) =>
    expect(fitsInPage(bytes, onPhone)).toBe(expected),
  );
});
