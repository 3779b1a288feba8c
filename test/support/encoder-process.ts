import { readdirSync, readFileSync } from 'node:fs';

/** The encoder of a session: FFmpeg with its marker that makes H.264. */
export function encoderOf(sessionId: string): number {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
        return command.includes(`:${sessionId}`) && command.includes('libx264');
      } catch {
        return false;
      }
    });
  if (found.length !== 1) throw new Error(`${found.length} encoders of ${sessionId}`);
  return Number(found[0]);
}
