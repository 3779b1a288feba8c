import { createHash } from 'node:crypto';

/** As the API takes ids of sessions: a version, and the variant of RFC 9562. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether a session's name in the first system can be its id in ours. */
export function isUuid(name: string): boolean {
  return UUID.test(name.toLowerCase());
}

/**
 * The id of an adopted session: its own where that is a UUID, else one made of where it lay (RFC 9562, version 8), so that a
 * second run finds what the first one adopted.
 * @param clubId the club of ours
 * @param folder the club's folder in the first system
 * @param name of the file, without its ending
 */
export function adoptedSessionId(clubId: number, folder: string, name: string): string {
  if (isUuid(name)) return name.toLowerCase();
  const hash = createHash('sha256').update(['padelvar import', clubId, folder, name].join('\0')).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
