import { randomBytes } from 'node:crypto';
import { SecretBox } from '../common/secret-box';
import { sealWebhook, WebhookSeals } from './webhook-seals';

const [older, newer] = [randomBytes(32), randomBytes(32)] as const;
const boxes = { older: new SecretBox([older]), newer: new SecretBox([newer]) };
/** Of a process that was started with the keys in another order, or before the newest was the first. */
const behind = new SecretBox([older, newer]);
const OWNER = 'webhook:7';

const rowOf = (box: SecretBox, old: string | null = 'old'): WebhookSeals & { id: number } => ({
  ...{ id: 7, url_sealed: box.seal('https://a.example/', OWNER), secret_sealed: box.seal('secret', OWNER) },
  ...{ old_secret_sealed: old === null ? null : box.seal(old, OWNER), key_id: box.keyId },
});
const openedBy = (box: SecretBox, { url_sealed, secret_sealed, old_secret_sealed }: WebhookSeals): (string | null)[] =>
  [url_sealed, secret_sealed, old_secret_sealed].map((text) => (text === null ? null : box.open(text, OWNER)));

describe('sealWebhook', () => {
  it.each<[string, { url?: string; secret?: string }, (string | null)[]]>([
    ['another address', { url: 'https://b.example/' }, ['https://b.example/', 'secret', 'old']],
    [
      'another secret, which makes the one before the old one',
      { secret: 'new' },
      ['https://a.example/', 'new', 'secret'],
    ],
  ])('seals all with the first key for %s, and says which', (_, fresh, expected) => {
    const seals = sealWebhook(behind, rowOf(boxes.newer), fresh);
    expect(openedBy(boxes.older, seals)).toEqual(expected);
    expect(seals.key_id).toBe(boxes.older.keyId);
  });

  it('does without an old secret that does not open', () => {
    const row = { ...rowOf(boxes.newer), old_secret_sealed: boxes.newer.seal('old', 'webhook:8') };
    const seals = sealWebhook(boxes.newer, row, { url: 'https://b.example/' });
    expect(openedBy(boxes.newer, seals)).toEqual(['https://b.example/', 'secret', null]);
  });

  it('leaves what does not open as it is, and the name of the key that is missing', () => {
    const row = rowOf(boxes.older, null);
    const seals = sealWebhook(boxes.newer, row, { secret: 'new' });
    expect(seals).toMatchObject({
      ...{ url_sealed: row.url_sealed, old_secret_sealed: row.secret_sealed, key_id: boxes.older.keyId },
    });
    expect(boxes.newer.open(seals.secret_sealed, OWNER)).toBe('new');
  });

  it('names its key where a text was damaged', () => {
    const row = { ...rowOf(boxes.newer, null), url_sealed: boxes.newer.seal('https://a.example/', 'webhook:8') };
    expect(sealWebhook(behind, row, { secret: 'new' })).toMatchObject({
      ...{ url_sealed: row.url_sealed, key_id: boxes.older.keyId },
    });
  });
});
