import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptList, keptSecret, RotationError, rotateKeptSecret } from './kept-secret';

describe('a kept secret', () => {
  let root: string;
  let file: string;
  let made = 0;
  const make = (): string => `secret-${(made += 1)}`;
  const TWO = { most: 2, drop: true };

  beforeEach(() => {
    made = 0;
    root = mkdtempSync(join(tmpdir(), 'padelvar-secret-'));
    file = join(root, 'secret');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is rotated: the newest first, the one before it kept, older ones dropped', () => {
    expect(keptSecret(file, make)).toBe('secret-1');
    expect(rotateKeptSecret(file, make, TWO)).toBe(2);
    expect(keptList(keptSecret(file, make))).toEqual(['secret-2', 'secret-1']);
    expect(rotateKeptSecret(file, make, TWO)).toBe(2);
    expect(keptList(keptSecret(file, make))).toEqual(['secret-3', 'secret-2']);
  });

  it('is in a file for our eyes only, whatever its mode was, and leaves nothing beside it', () => {
    keptSecret(file, make);
    chmodSync(file, 0o644);
    rotateKeptSecret(file, make, TWO);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(root)).toEqual(['secret']);
  });

  it('is a new file: whoever reads the old one reads it to its end', () => {
    keptSecret(file, make);
    const before = statSync(file).ino;
    rotateKeptSecret(file, make, TWO);
    expect(statSync(file).ino).not.toBe(before);
  });

  it('that is full and must not lose one is left alone', () => {
    writeFileSync(file, 'a\nb\n');
    expect(() => rotateKeptSecret(file, make, { most: 2, drop: false })).toThrow(RotationError);
    expect(readFileSync(file, 'utf8')).toBe('a\nb\n');
  });

  it('that was never made is not rotated', () => {
    expect(() => rotateKeptSecret(file, make, TWO)).toThrow(RotationError);
    expect(readdirSync(root)).toEqual([]);
  });
});
