import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** System calls of a running process and all its threads that fail although the kernel could do them. */
export class Injection {
  private constructor(private readonly tracer: ChildProcess) {}

  /**
   * Settles when it is in force.
   * @returns why not, where this machine does not allow it
   */
  static async into(pid: number, calls: readonly string[], error: string): Promise<Injection | string> {
    const inject = `inject=${calls.join(',')}:error=${error}`;
    const tracer = spawn('strace', ['-f', '-p', `${pid}`, '-e', inject, '-o', '/dev/null'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    const attached = new Promise<boolean>((resolve) => {
      tracer.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString('utf8');
        if (/attached/.test(said)) resolve(true);
      });
      tracer.once('error', () => resolve(false));
      tracer.once('close', () => resolve(false));
    });
    return (await attached) ? new Injection(tracer) : `no system call can be made to fail here: ${said.trim()}`;
  }

  /** The process goes on as if nothing had been. */
  async lift(): Promise<void> {
    const ended = once(this.tracer, 'exit');
    this.tracer.kill('SIGINT');
    await ended;
  }
}
