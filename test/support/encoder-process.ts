import { readdirSync, readFileSync } from 'node:fs';
import { findMarker } from '../../src/media/process/marker';

/** The encoders of a session: FFmpegs with its marker that make H.264. */
export function encodersOf(sessionId: string): number[] {
  // Part of an id, or none, would find the encoders of others.
  if (!/^[0-9a-f-]{36}$/.test(sessionId)) return [];
  const isOne = (pid: string): boolean => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      return findMarker(command.split('\0'))?.session === sessionId && command.includes('libx264');
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
