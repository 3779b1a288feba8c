import { spawn } from 'node:child_process';

/**
 * Runs `task` while holding an exclusive lock on `path`, held by the kernel (flock(2)) for a helper that lives as long as
 * our end of its stdin: whatever happens to this process, the lock never outlives it. Without the flock program (it is
 * part of every Linux) the task runs unlocked.
 * @param waitSeconds how long another holder may take
 */
export async function withFileLock<T>(path: string, waitSeconds: number, task: () => Promise<T>): Promise<T> {
  const release = await acquire(path, waitSeconds);
  try {
    return await task();
  } finally {
    await release();
  }
}

function acquire(path: string, waitSeconds: number): Promise<() => Promise<void>> {
  return new Promise((resolve, reject) => {
    const holder = spawn('flock', ['-w', String(waitSeconds), path, 'sh', '-c', 'echo held; exec cat'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
      env: { PATH: '/usr/bin:/bin:/usr/local/bin' },
    });
    const gone = new Promise<void>((done) => holder.once('close', () => done()));
    holder.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve(() => Promise.resolve());
      else reject(error);
    });
    holder.stdin.on('error', () => undefined);
    holder.stdout.once('data', () => {
      resolve(() => {
        holder.stdin.end();
        return gone;
      });
    });
    holder.once('exit', (code) => {
      reject(new Error(`The lock ${path} is held by another process for over ${waitSeconds} s (flock: ${code})`));
    });
  });
}
