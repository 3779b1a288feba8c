import { basename, dirname, join } from 'node:path';
import { faultPoint } from '../../common/fault-point';
import { Disk, isErrno } from '../../storage/disk';
import { FinaliseError } from './finalise-error';

/**
 * Gives a file that passed the gate its final name, and takes the old one away. Invariant: the final name is only ever given
 * by `link`, which fails where the name is taken, and the old name goes only after the new one is durable; so at any moment
 * at least one name leads to the whole file, and starting again does what is left.
 * @throws FinaliseError `target_exists`
 */
export async function publish(disk: Disk, from: string, target: string): Promise<void> {
  await disk.makeFolder(dirname(target));
  faultPoint('publish.link');
  try {
    await disk.link(from, target);
  } catch (error) {
    if (isErrno(error, 'EEXIST')) {
      if (!(await sameFile(disk, from, target)))
        throw new FinaliseError('target_exists', 'The video has a file already');
    } else if (isErrno(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) {
      await publishWithoutLinks(disk, from, target);
      return;
    } else {
      throw error;
    }
  }
  faultPoint('publish.linked');
  try {
    await disk.syncFolder(dirname(target));
    await disk.syncFolder(dirname(dirname(target)));
  } catch (error) {
    // A name that may be gone after the next power cut is none.
    await disk.unlink(target).catch(() => undefined);
    throw error;
  }
  faultPoint('publish.durable');
  await disk.unlink(from);
  await disk.syncFolder(dirname(from));
  faultPoint('publish.unlinked');
}

/** File systems without hard links: only this service writes there, so nobody takes the name between look and rename. */
async function publishWithoutLinks(disk: Disk, from: string, target: string): Promise<void> {
  if (await disk.stat(target)) throw new FinaliseError('target_exists', 'The video has a file already');
  await disk.rename(from, target);
  await disk.syncFolder(dirname(target));
  await disk.syncFolder(dirname(dirname(target)));
  await disk.syncFolder(dirname(from));
}

/** Whether two names lead to one file. */
export async function sameFile(disk: Disk, a: string, b: string): Promise<boolean> {
  const [first, second] = [await disk.stat(a), await disk.stat(b)];
  return first !== null && second !== null && first.identity === second.identity;
}

/** Names that a recording's folder may hold; anything else is somebody's and stays. */
const OURS = /^(part-\d+\.mp4|stop\.json(\.tmp)?|[a-z]+(-\d+)?\.tmp\.mp4)$/;

/** Takes a recording's folder away once its video is published. */
export async function removeFolder(disk: Disk, folder: string): Promise<void> {
  if ((await disk.stat(folder))?.kind !== 'folder') return;
  for (const name of await disk.list(folder)) {
    if (OURS.test(name)) await disk.unlink(join(folder, basename(name)));
  }
  faultPoint('folder.emptied');
  await disk.removeFolder(folder).catch((error: unknown) => {
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
  });
}
