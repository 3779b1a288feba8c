import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppConfig } from '../config/app-config';
import { KEY_SECONDS } from './share-keys';

const DAY_SECONDS = 24 * 3_600;

/**
 * The two cookies of a share's page, both HttpOnly, `SameSite=Lax` (who follows the link from elsewhere has them) and for the
 * path of this one share alone:
 * - *key*: that the right pass-phrase was given, see `ShareKeys`;
 * - *visit*: a random number for a day, so that one visitor is counted once.
 */
@Injectable()
export class ShareCookies {
  constructor(private readonly config: AppConfig) {}

  read(request: Request, kind: 'key' | 'visit'): string | null {
    const name = this.name(request, kind);
    for (const pair of (request.headers.cookie ?? '').split(';')) {
      const at = pair.indexOf('=');
      if (at > 0 && pair.slice(0, at).trim() === name)
        return pair
          .slice(at + 1)
          .trim()
          .slice(0, 128);
    }
    return null;
  }

  set(response: Response, kind: 'key' | 'visit', value: string, token: string): void {
    const seconds = kind === 'key' ? KEY_SECONDS : DAY_SECONDS;
    const secure = this.isSecure(response.req);
    const options = { httpOnly: true, sameSite: 'lax', secure, path: `/s/${token}`, maxAge: seconds * 1000 } as const;
    response.cookie(this.name(response.req, kind), value, options);
  }

  private name(request: Request, kind: 'key' | 'visit'): string {
    const plain = `padelvar_share_${kind}`;
    return this.isSecure(request) ? `__Secure-${plain}` : plain;
  }

  private isSecure(request: Request): boolean {
    return this.config.publicUrl !== null ? this.config.publicUrl.startsWith('https:') : request.secure;
  }
}
