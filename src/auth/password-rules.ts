import { FieldError } from '../common/problem';

/** In code points, as people count (NIST SP 800-63B §5.1.1.2: at least 8, no composition rules, a blocklist). */
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 128;

/** The most common passwords of 8 characters and more in published breaches, and what is obvious here. */
const COMMON = new Set(
  (
    '12345678 123456789 1234567890 0123456789 0987654321 87654321 987654321 11111111 00000000 88888888 12341234 ' +
    '11223344 123123123 12344321 123454321 1q2w3e4r 1q2w3e4r5t 1qaz2wsx q1w2e3r4 qwertyui qwertyuiop qwerty12 ' +
    'qwerty123 qwerty1234 azertyui azertyuiop azerty123 asdfghjk asdfghjkl zxcvbnm1 zxcvbnm123 password password1 ' +
    'password12 password123 password1234 passw0rd p@ssw0rd p@ssword motdepasse motdepasse1 contraseña contrasena ' +
    'changeme changeme1 changeme123 letmein1 letmein123 welcome1 welcome123 iloveyou iloveyou1 sunshine princess ' +
    'football baseball superman starwars trustno1 whatever computer internet abcd1234 abc12345 abcdefgh abcdefg1 ' +
    'aaaaaaaa admin123 admin1234 administrator adminadmin rootroot testtest test1234 padelvar padelvar1 padel123 ' +
    'padel1234 padelpadel'
  ).split(' '),
);

/** One form for each password, however a keyboard composed its accents (NIST SP 800-63B: NFKC before hashing). */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/**
 * What is wrong with a new password; nothing is when the list is empty.
 * @param known what belongs to the person (e-mail address, name): a password that is just that is refused
 */
export function passwordFaults(password: string, field: string, known: readonly string[] = []): FieldError[] {
  const normalized = normalizePassword(password);
  const length = [...normalized].length;
  if (length < PASSWORD_MIN) return [{ field, message: `must have at least ${PASSWORD_MIN} characters` }];
  if (length > PASSWORD_MAX) return [{ field, message: `must have at most ${PASSWORD_MAX} characters` }];
  const plain = normalized.toLowerCase();
  const own = known.flatMap((text) => [text.toLowerCase(), text.toLowerCase().split('@')[0] ?? '']);
  if (COMMON.has(plain) || /^(.)\1+$/u.test(plain) || own.includes(plain)) {
    return [{ field, message: 'is too easy to guess: choose another' }];
  }
  return [];
}
