import { isDatabaseUnavailable } from '../common/database-error';
import { FinaliseError } from '../recording/engine/finalise-error';
import { isErrno } from '../storage/disk';
import { FileChanged, NoRoom } from '../storage/incoming-videos';
import { VideoPathError } from '../storage/video-store';
import { Refusal } from './refusal';

/** What the disk may say of one file, after which the next one may do. */
const OF_THE_DISK = ['EIO', 'EROFS', 'ENOENT', 'EACCES', 'EPERM', 'EFBIG', 'ELOOP', 'ENAMETOOLONG', 'ESTALE', 'EINVAL'];

/** Why this one file is not adopted; `null`: it is no matter of this file, and the import ends. */
export function toRefusal(error: unknown): Refusal | null {
  const because = { cause: error };
  if (error instanceof Refusal) return error;
  if (error instanceof FileChanged) return new Refusal('changed', '', because);
  if (error instanceof NoRoom) return new Refusal('disk_full', '', because);
  if (error instanceof VideoPathError) return new Refusal('symbolic_link', '', because);
  if (error instanceof FinaliseError) return new Refusal('target_exists', '', because);
  if (isDatabaseUnavailable(error)) return null;
  if (isErrno(error, 'ENOSPC', 'EDQUOT')) return new Refusal('disk_full', '', because);
  return isErrno(error, ...OF_THE_DISK) ? new Refusal('disk_error', codeOf(error), because) : null;
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code);
}
