import { createHash } from 'node:crypto';

/**
 * Signs an address of a pull zone: Bunny's token authentication, advanced (version 2), without further parameters: the URL-safe
 * base64 of SHA-256 over key, path and expiry. Source: docs.bunny.net/docs/cdn-token-authentication, and
 * github.com/BunnyWay/BunnyCDN.TokenAuthentication (nodejs/token.js).
 * @param path as the address has it, from its first slash on
 * @param expires epoch seconds
 */
export function bunnyToken(key: string, path: string, expires: number): string {
  return createHash('sha256').update(`${key}${path}${expires}`).digest('base64url');
}
