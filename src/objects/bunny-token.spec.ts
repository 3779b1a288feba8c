import { bunnyToken } from './bunny-token';

it('signs key, path and expiry as the pull zone does', () => {
  // printf '%s' 'a-key/1/match.mp41790000000' | openssl dgst -sha256 -binary | base64 | tr '+/' '-_' | tr -d '='
  expect(bunnyToken('a-key', '/1/match.mp4', 1_790_000_000)).toBe('LDT2_2ZZjc2QYff92uU_D0HgVEgmjAWJ71qCD_-hW2Y');
  expect(bunnyToken('a-key', '/1/match.mp4', 1_790_000_000)).toMatch(/^[\w-]{43}$/);
  expect(bunnyToken('a-key', '/1/other.mp4', 1_790_000_000)).not.toBe(
    bunnyToken('a-key', '/1/match.mp4', 1_790_000_000),
  );
});
