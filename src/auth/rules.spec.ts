import { passwordFaults } from './password-rules';
import { Principal, PrincipalMembership, Role } from './principal';
import { requireClub, roleIn, visibleClubIds } from './tenant';

describe('passwordFaults', () => {
  it.each<[string, boolean]>([
    ['correct horse', true],
    ['p4dd1e-b4ll', true],
    ['日本語のパスワード', true],
    ['x'.repeat(127) + 'y', true],
    ['x'.repeat(128) + 'y', false],
    ['seven77', false],
    ['🎾🎾🎾🎾', false],
    ['PASSWORD123', false],
    ['zzzzzzzzzz', false],
    ['Desk@Club.example', false],
    ['front desk', false],
  ])('%s: %s', (password, good) => {
    expect(passwordFaults(password, 'password', ['desk@club.example', 'Front Desk'])).toHaveLength(good ? 0 : 1);
  });
});

describe('the rule between clubs', () => {
  const somebody = (role: Role, memberships: PrincipalMembership[] = []): Principal => ({
    userId: 1,
    email: 'a@b.example',
    name: 'A',
    role,
    clubId: memberships[0]?.clubId ?? null,
    memberships,
    familyId: 'f',
    via: 'bearer',
    passwordChosen: true,
  });
  const both = somebody('PLAYER', [
    { clubId: 1, role: 'PLAYER' },
    { clubId: 2, role: 'CLUB_ADMIN' },
  ]);
  const root = somebody('SUPER_ADMIN');

  it.each<[string, Principal, number | null, 'member' | 'admin', string]>([
    ['own club', both, 1, 'member', 'PLAYER'],
    ['own club, role too low', both, 1, 'admin', 'forbidden'],
    ['own club that is not active', both, 2, 'admin', 'CLUB_ADMIN'],
    ['foreign', both, 3, 'member', 'not_found'],
    ['foreign, role too low besides', both, 3, 'admin', 'not_found'],
    ['unknown', both, null, 'member', 'not_found'],
    ['any club for a SUPER_ADMIN', root, 3, 'admin', 'SUPER_ADMIN'],
    ['unknown for a SUPER_ADMIN', root, null, 'admin', 'not_found'],
  ])('%s', (_name, principal, clubId, access, expected) => {
    let got: string;
    try {
      got = requireClub(principal, clubId, access);
    } catch (error) {
      got = (error as { code: string }).code;
    }
    expect(got).toBe(expected);
  });

  it('lists are limited to memberships, but for a SUPER_ADMIN', () => {
    expect(visibleClubIds(both)).toEqual([1, 2]);
    expect(visibleClubIds(root)).toBeNull();
    expect(roleIn(both, 3)).toBeNull();
  });
});
