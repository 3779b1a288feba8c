import { randomBytes } from 'node:crypto';
import { SecretBox, SecretBoxError } from './secret-box';

const SECRET = 'rtsp://admin:pässwörd@10.0.0.5/stream?token=1';

describe('SecretBox', () => {
  const key = randomBytes(32);
  const box = new SecretBox([key]);

  it('opens what it sealed, and shows nothing of it', () => {
    const sealed = box.seal(SECRET, 'court:1');
    expect(box.open(sealed, 'court:1')).toBe(SECRET);
    expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain('admin');
    expect(sealed).not.toContain(key.toString('base64url').slice(0, 8));
  });

  it('never seals twice alike', () => {
    expect(box.seal(SECRET, 'court:1')).not.toBe(box.seal(SECRET, 'court:1'));
  });

  it('seals the empty string', () => {
    expect(box.open(box.seal('', 'court:1'), 'court:1')).toBe('');
  });

  it('refuses another owner', () => {
    expect(() => box.open(box.seal(SECRET, 'court:1'), 'court:2')).toThrow(SecretBoxError);
  });

  it('refuses every changed byte', () => {
    const [version, id, text = ''] = box.seal('secret', 'court:1').split('.');
    const bytes = Buffer.from(text, 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => box.open(`${version}.${id}.${changed.toString('base64url')}`, 'court:1')).toThrow(SecretBoxError);
    }
  });

  it.each(['', 'v1', 'v1.x', 'v2.a.b', 'v1.a.b.c', 'rtsp://10.0.0.5/'])('refuses %j', (text) => {
    expect(() => box.open(text, 'court:1')).toThrow(SecretBoxError);
  });

  it('opens with an older key after a rotation, and says what waits to be sealed again', () => {
    const old = box.seal(SECRET, 'court:1');
    const rotated = new SecretBox([randomBytes(32), key]);
    expect(rotated.open(old, 'court:1')).toBe(SECRET);
    expect(rotated.needsResealing(old)).toBe(true);
    expect(rotated.needsResealing(rotated.seal(SECRET, 'court:1'))).toBe(false);
    expect(() => new SecretBox([randomBytes(32)]).open(old, 'court:1')).toThrow(/SECRETS_KEY/);
  });

  it.each([[[]], [[randomBytes(16)]], [[randomBytes(33)]]])('takes keys of 32 bytes only', (keys) => {
    expect(() => new SecretBox(keys)).toThrow(RangeError);
  });
});
