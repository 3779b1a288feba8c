import { Principal } from '../auth/principal';
import { ProblemException } from '../common/problem';
import { UpdateClubDto } from './dto/club.dto';
import { Club } from './entities/club.entity';

type Limits = Pick<Club, 'retentionDays' | 'quotaBytes'>;

/**
 * What a club may keep after a change. A CLUB_ADMIN may keep videos for a shorter time than the service does, and leaves
 * the quota alone; sending what is set already changes nothing, and is no fault.
 * @param most `RETENTION_DAYS`; `null`: videos are kept for ever
 * @throws ProblemException `validation_failed` (longer than the service keeps videos) or `forbidden` (the quota)
 */
export function limitsFor(principal: Principal, club: Limits, dto: UpdateClubDto, most: number | null): Limits {
  const retentionDays = dto.retention_days === undefined ? club.retentionDays : dto.retention_days;
  const quotaBytes = dto.quota_bytes === undefined ? club.quotaBytes : (dto.quota_bytes?.toString() ?? null);
  if (principal.role === 'SUPER_ADMIN') return { retentionDays, quotaBytes };
  if (quotaBytes !== club.quotaBytes) {
    throw new ProblemException('forbidden', "How much room a club's videos may take is set by a SUPER_ADMIN.");
  }
  if (retentionDays !== club.retentionDays && retentionDays !== null && most !== null && retentionDays > most) {
    const message = `must not be above ${most}, the days for which this service keeps videos`;
    throw new ProblemException('validation_failed', 'Videos are not kept for so long.', {
      errors: [{ field: 'retention_days', message }],
    });
  }
  return { retentionDays, quotaBytes };
}
