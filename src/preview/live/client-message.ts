import { parseStrictJson } from '../../common/strict-json';
import { LiveMode, MAX_STREAM_NUMBER } from './live-protocol';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** 32 bytes in base64url. */
const TICKET = /^[A-Za-z0-9_-]{43}$/;
const MODES: readonly unknown[] = ['video', 'pictures', 'tile'] satisfies LiveMode[];

/** What a viewer may say once it is known who it is. */
export type ClientMessage =
  | { readonly type: 'subscribe'; readonly stream: number; readonly sessionId: string; readonly mode: LiveMode }
  | { readonly type: 'unsubscribe'; readonly stream: number }
  | { readonly type: 'ping'; readonly at: number }
  /** A message about a stream that asks for something that cannot be. */
  | { readonly type: 'malformed'; readonly stream: number; readonly detail: string };

/** Reads the first message. `null`: it is not a ticket. */
export function readTicket(text: string): string | null {
  const ticket = parse(text)?.ticket;
  return typeof ticket === 'string' && TICKET.test(ticket) ? ticket : null;
}

/** Reads a message; a sentence that says why, where it is none. Fields it does not know are for later versions. */
export function readMessage(text: string): ClientMessage | string {
  const message = parse(text);
  if (!message) return 'A message is a JSON object.';
  const { type, stream, at } = message;
  if (type === 'ping') {
    return typeof at === 'number' && Number.isFinite(at) ? { type, at } : 'The field at of a ping must be a number.';
  }
  if (type !== 'subscribe' && type !== 'unsubscribe') {
    return 'The field type must be one of subscribe, unsubscribe, ping.';
  }
  if (!isStreamNumber(stream)) return `The field stream must be a whole number from 1 to ${MAX_STREAM_NUMBER}.`;
  if (type === 'unsubscribe') return { type, stream };
  const { session_id: sessionId, mode = 'video' } = message;
  if (typeof sessionId !== 'string' || !UUID.test(sessionId)) {
    return { type: 'malformed', stream, detail: 'The field session_id must be a UUID.' };
  }
  if (!MODES.includes(mode)) {
    return { type: 'malformed', stream, detail: 'The field mode must be one of video, pictures, tile.' };
  }
  return { type, stream, sessionId: sessionId.toLowerCase(), mode: mode as LiveMode };
}

function isStreamNumber(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_STREAM_NUMBER;
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value = parseStrictJson(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
