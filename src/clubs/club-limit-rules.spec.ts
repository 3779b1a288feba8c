import { Principal, Role } from '../auth/principal';
import { limitsFor } from './club-limit-rules';
import { UpdateClubDto } from './dto/club.dto';

const UNLIMITED = { retentionDays: null, quotaBytes: null };
const as = (role: Role): Principal => ({ role }) as Principal;

function problem(task: () => unknown): unknown {
  try {
    return task();
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('limitsFor', () => {
  it('leaves what is not spoken of', () => {
    const set = { retentionDays: 7, quotaBytes: '100' };
    for (const role of ['SUPER_ADMIN', 'CLUB_ADMIN'] as const) expect(limitsFor(as(role), set, {}, 30)).toEqual(set);
  });

  it.each([
    ['SUPER_ADMIN', { retention_days: 7, quota_bytes: 2 ** 50 }, { retentionDays: 7, quotaBytes: '1125899906842624' }],
    ['SUPER_ADMIN', { retention_days: 400 }, { retentionDays: 400, quotaBytes: null }],
    ['CLUB_ADMIN', { retention_days: 30 }, { retentionDays: 30, quotaBytes: null }],
    ['CLUB_ADMIN', { retention_days: null }, UNLIMITED],
    ['CLUB_ADMIN', { quota_bytes: null }, UNLIMITED],
    ['CLUB_ADMIN', { retention_days: 31 }, 'validation_failed'],
    ['CLUB_ADMIN', { quota_bytes: 5 }, 'forbidden'],
  ] as [Role, UpdateClubDto, unknown][])('%s sends %j', (role, dto, expected) => {
    expect(problem(() => limitsFor(as(role), UNLIMITED, dto, 30))).toEqual(expected);
  });

  it('lets a CLUB_ADMIN choose where the service keeps videos for ever', () => {
    expect(limitsFor(as('CLUB_ADMIN'), UNLIMITED, { retention_days: 36_500 }, null).retentionDays).toBe(36_500);
  });

  it('takes no offence at what is set already', () => {
    const set = { retentionDays: 400, quotaBytes: '100' };
    expect(limitsFor(as('CLUB_ADMIN'), set, { retention_days: 400, quota_bytes: 100 }, 30)).toEqual(set);
    expect(problem(() => limitsFor(as('CLUB_ADMIN'), set, { quota_bytes: null }, 30))).toBe('forbidden');
  });
});
