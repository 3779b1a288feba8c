import childProcess from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { ServerResponse } from 'node:http';
import { WebSocket } from 'ws';
import { formsOf, PLANTED } from './planted';

/** Name of the variable in which the set-up tells where findings are written; processes that are not told look for nothing. */
export const FINDINGS = 'PADELVAR_SECRET_FINDINGS';

/** What is looked through. */
export type Kind = 'log line' | 'answer' | 'process';

const FORMS = formsOf(PLANTED);
const LONGEST = Math.max(...FORMS.map(({ length }) => length));
/** A JWT (RFC 7519): answers may hand one out, nothing else may have it. */
const TOKEN = /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/;
/** Pictures are not text; and half a gigabyte of them is read by other tests. */
const PICTURES = /^(video|image|multipart)\//;

const counts: Record<Kind, number> = { 'log line': 0, answer: 0, process: 0 };
const UNDO = Symbol.for('padelvar.secret-watch');

/** The word as it stands in a text, if it does; `null`: it does not. */
export function secretIn(kind: Kind, text: string): string | null {
  const form = FORMS.find((one) => text.includes(one));
  if (form !== undefined) return form;
  return kind === 'answer' ? null : (TOKEN.exec(text)?.[0].slice(0, 20) ?? null);
}

/** Looks through a text that a service said, and writes down what should not stand in it. */
export function lookThrough(kind: Kind, where: string, text: string): void {
  counts[kind]++;
  const found = secretIn(kind, text);
  const file = process.env[FINDINGS];
  if (found === null || file === undefined) return;
  const at = text.indexOf(found);
  appendFileSync(
    file,
    `${JSON.stringify({ kind, where, found, text: text.slice(Math.max(0, at - 200), at + 200) })}\n`,
  );
}

/** Takes how much was looked through since the last call. */
export function takeCounts(): Record<Kind, number> {
  const taken = { ...counts };
  for (const kind of Object.keys(counts) as Kind[]) counts[kind] = 0;
  return taken;
}

/** Writes down how much was looked through, for the end of the run. */
export function reportCounts(): void {
  const file = process.env[FINDINGS];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ counts: takeCounts() })}\n`);
}

/** Looks through a log that comes in pieces, line by line. */
export class LogWatch {
  private rest = '';

  constructor(private readonly where: string) {}

  write(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) lookThrough('log line', this.where, line);
  }
}

/**
 * From now on, all answers of HTTP servers in this process, all messages of WebSockets, and all programs that the service
 * starts in it are looked through. Of several calls the last one counts: jest gives each test file a copy of this module.
 */
export function watchProcess(): void {
  if (process.env[FINDINGS] === undefined) return;
  const shared = childProcess as { [UNDO]?: (() => void)[] };
  for (const undo of shared[UNDO] ?? []) undo();
  shared[UNDO] = [watchMessages(), ...watchAnswers(), ...watchPrograms()];
}

type Method = (this: object, ...args: unknown[]) => unknown;

/** Puts something around a method. @returns takes it away again */
function wrap<Name extends string>(holder: object, name: Name, around: (original: Method) => Method): () => void {
  const methods = holder as Record<Name, Method>;
  const original = methods[name];
  methods[name] = around(original);
  return () => (methods[name] = original);
}

function watchMessages(): () => void {
  return wrap(WebSocket.prototype, 'send', (original) => {
    return function (...args): unknown {
      if (typeof args[0] === 'string') lookThrough('answer', 'a WebSocket', args[0]);
      return original.apply(this, args);
    };
  });
}

function watchAnswers(): (() => void)[] {
  const tails = new WeakMap<object, string>();
  return ['write', 'end'].map((name) =>
    wrap(ServerResponse.prototype, name, (original) => {
      return function (...args): unknown {
        const response = this as ServerResponse;
        const before = tails.get(response);
        const head = before === undefined ? JSON.stringify(response.getHeaders()) : '';
        const body = PICTURES.test(String(response.getHeader('content-type') ?? '')) ? '' : textOf(args[0]);
        if (before === undefined || body !== '') {
          lookThrough('answer', `${response.req.method} ${response.req.url}`, `${head}${before ?? ''}${body}`);
        }
        // A word may lie across two pieces.
        tails.set(response, body.slice(-LONGEST));
        return original.apply(response, args);
      };
    }),
  );
}

function textOf(chunk: unknown): string {
  return typeof chunk === 'string' || chunk instanceof Uint8Array ? Buffer.from(chunk).toString('latin1') : '';
}

function watchPrograms(): (() => void)[] {
  return ['spawn', 'execFile'].map((name) =>
    wrap(childProcess, name, (original) => {
      const watched: Method = function (...args): unknown {
        const list = Array.isArray(args[1]) ? args[1].map(String) : [];
        // Tests start programs too, and give them what they like.
        if (isService(new Error().stack ?? '')) lookThrough('process', String(args[0]), [args[0], ...list].join(' '));
        return original.apply(this, args);
      };
      // `execFile` says by a symbol how it is to be made a promise.
      return Object.defineProperties(watched, Object.getOwnPropertyDescriptors(original));
    }),
  );
}

/** Whether the nearest caller outside Node and this file is the service's own code. */
function isService(stack: string): boolean {
  const caller = stack
    .split('\n')
    .slice(1)
    .find((line) => !line.includes('secret-watch') && !line.includes('node:'));
  return caller !== undefined && /[\\/]src[\\/]/.test(caller);
}
