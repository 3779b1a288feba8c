import { readdirSync, readFileSync } from 'node:fs';

/** The encoders of a session: FFmpegs with its marker that make H.264. */
export function encodersOf(sessionId: string): number[] {
  const isOne = (pid: string): boolean => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      return command.includes(`:${sessionId}`) && command.includes('libx264');
    } catch {
      return false;
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isOne(name))
    .map(Number);
}

/** The one encoder of a session. */
export function encoderOf(sessionId: string): number {
  const [pid, ...others] = encodersOf(sessionId);
  if (pid === undefined || others.length > 0) throw new Error(`not one encoder of ${sessionId}`);
  return pid;
}
