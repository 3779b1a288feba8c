import { writeSync } from 'node:fs';

/** Where this process is to end: at its n-th call of {@link faultPoint}, or at the first one of that name. */
export type FaultPointAt = { readonly call: number } | { readonly name: string };

let at: FaultPointAt | null = null;
let calls = 0;

/** Only `src/config` calls it, and only where `NODE_ENV` is `test`. */
export function armFaultPoint(where: FaultPointAt): void {
  at = where;
}

/**
 * A place where the fault run ends the process without a word, to see what the next start makes of it: between two steps
 * that a crash may part, such as a file that is there and a row that does not say so yet. In production it does nothing.
 */
export function faultPoint(name: string): void {
  if (at === null) return;
  calls++;
  if ('call' in at ? calls !== at.call : name !== at.name) return;
  writeSync(process.stderr.fd, `fault point ${calls}: ${name}\n`);
  // By a signal that nobody can handle: no finally, no exit hook, no last write.
  process.kill(process.pid, 'SIGKILL');
}
