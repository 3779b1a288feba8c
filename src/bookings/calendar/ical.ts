import { createRequire } from 'node:module';
import { createContext, runInContext } from 'node:vm';
import type ICAL from 'ical.js' with { 'resolution-mode': 'import' };

/** The library, whose types are of its other form: it is published as both. */
export const Ical = createRequire(__filename)('ical.js') as typeof ICAL;

export type IcalComponent = ICAL.Component;
export type IcalEvent = ICAL.Event;
export type IcalTime = ICAL.Time;

/** What an `RRULE` says (RFC 5545 §3.3.10). */
export interface RecurrenceRule {
  readonly freq: string;
  readonly interval: number;
  readonly count: number | null;
  readonly until: IcalTime | null;
  /** What it has besides: `BYDAY`, … */
  readonly parts: Readonly<Record<string, unknown>>;
}

/** The rules of a series, or of a part of a zone. */
export function rulesOf(component: IcalComponent): RecurrenceRule[] {
  return component.getAllProperties('rrule').map((rule) => rule.getFirstValue() as unknown as RecurrenceRule);
}

/** It took longer than it may. */
export class TakesTooLong extends Error {}

/** What runs in it can be broken off; made once, for it costs more than most of what is done in it. */
const breakable = createContext({ work: undefined as (() => void) | undefined });

/**
 * Does synchronous work that a stranger's text could keep busy for ever, and ends it when its time is over: the engine breaks
 * off whatever runs, ours too. Nothing of what it was doing may be used afterwards.
 * @throws TakesTooLong, or what the work throws
 */
export function atMost<T>(ms: number, work: () => T): T {
  let result: { readonly value: T } | undefined;
  breakable.work = () => void (result = { value: work() });
  try {
    runInContext('work()', breakable, { timeout: ms });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new TakesTooLong('took too long', { cause: error });
  } finally {
    breakable.work = undefined;
  }
  return (result as { readonly value: T }).value;
}
