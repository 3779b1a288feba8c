import { Injectable } from '@nestjs/common';
import type { CookieOptions, Request, Response } from 'express';
import { AppConfig } from '../config/app-config';

/** Where the refresh and device cookies go, and nowhere else. */
const AUTH_PATH = '/api/auth';
const DEVICE_MAX_AGE_MS = 400 * 24 * 3_600_000;

type CookieKind = 'refresh' | 'media' | 'device';

/**
 * The three cookies, all HttpOnly and `SameSite=Strict`, so that no other site's page sends them:
 * - *refresh*: the refresh token of the panel, sent to `/api/auth` only;
 * - *media*: lets `<img>` and `<video>` load, sent everywhere, good for GET of media routes only;
 * - *device*: says that its owner signed in here before; opens nothing.
 *
 * On HTTPS they are `Secure` and carry the prefixes that browsers enforce: `__Host-` (RFC 6265bis §4.1.3) where the path
 * is `/`, `__Secure-` where it is narrower. On plain HTTP browsers would drop those, so the names are plain.
 */
@Injectable()
export class AuthCookies {
  constructor(private readonly config: AppConfig) {}

  read(request: Request, kind: CookieKind): string | null {
    const name = this.name(request, kind);
    for (const pair of (request.headers.cookie ?? '').split(';')) {
      const at = pair.indexOf('=');
      if (at > 0 && pair.slice(0, at).trim() === name) {
        const value = pair.slice(at + 1).trim();
        return value !== '' && value.length <= 256 ? value : null;
      }
    }
    return null;
  }

  setRefresh(response: Response, token: string, expiresAt: Date): void {
    this.set(response, 'refresh', token, { expires: expiresAt });
  }

  setMedia(response: Response, token: string, expiresAt: Date): void {
    this.set(response, 'media', token, { expires: expiresAt });
  }

  setDevice(response: Response, value: string): void {
    this.set(response, 'device', value, { maxAge: DEVICE_MAX_AGE_MS });
  }

  /** Signing out: the device stays known. */
  clear(response: Response): void {
    for (const kind of ['refresh', 'media'] as const) {
      response.clearCookie(this.name(response.req, kind), this.options(response.req, kind));
    }
  }

  private set(response: Response, kind: CookieKind, value: string, life: CookieOptions): void {
    response.cookie(this.name(response.req, kind), value, { ...this.options(response.req, kind), ...life });
  }

  private options(request: Request, kind: CookieKind): CookieOptions {
    const path = kind === 'media' ? '/' : AUTH_PATH;
    return { httpOnly: true, sameSite: 'strict', secure: this.isSecure(request), path };
  }

  private name(request: Request, kind: CookieKind): string {
    const plain = `padelvar_${kind}`;
    if (!this.isSecure(request)) return plain;
    return kind === 'media' ? `__Host-${plain}` : `__Secure-${plain}`;
  }

  private isSecure(request: Request): boolean {
    return this.config.publicUrl !== null ? this.config.publicUrl.startsWith('https:') : request.secure;
  }
}
