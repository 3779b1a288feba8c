import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { readStartTime } from '../media/process/proc-stat';

/** Which process moves a session's bytes, so that another can tell whether it still lives. */
export interface ProcessIdentity {
  readonly host: string;
  /** New at each boot of the machine. */
  readonly bootId: string;
  readonly pid: number;
  /** Clock ticks from boot to the process's start (proc(5), field 22 of `stat`): tells it from a later one with its pid. */
  readonly startTicks: string;
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return { host: hostname(), bootId: bootId(), pid: process.pid, startTicks: readStartTime(process.pid) ?? '0' };
}

let own: ProcessIdentity | undefined;

/** Whether this process has this identity. */
export function isOwn(identity: ProcessIdentity): boolean {
  own ??= ownIdentity();
  return identity.host === own.host && identity.bootId === own.bootId && sameProcess(identity, own);
}

function sameProcess(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startTicks === b.startTicks;
}

/** On another machine: nobody here can see whether it lives. */
export function isElsewhere(identity: ProcessIdentity): boolean {
  return identity.host !== hostname();
}

/** Whether the process of this machine that had this identity is gone for sure. */
export function isGone(identity: ProcessIdentity): boolean {
  if (isElsewhere(identity)) return false;
  if (identity.bootId !== bootId()) return true;
  return readStartTime(identity.pid) !== identity.startTicks;
}

/** Names this boot of the machine (random(4)); `unknown` where the kernel does not say. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
