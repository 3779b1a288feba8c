import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { Request } from 'express';
import { HealthViewer } from '../health/health-viewer';
import { readClaims, TOKEN_ALGORITHM, TOKEN_AUDIENCE, TOKEN_ISSUER } from './access-tokens.service';
import { PrincipalsService } from './principals.service';
import { SigningKeys } from './signing-keys';

/** Details of the service's health are for admins, on a route that is open to anyone. */
@Injectable()
export class AdminHealthViewer extends HealthViewer {
  constructor(
    private readonly jwt: JwtService,
    private readonly principals: PrincipalsService,
    private readonly keys: SigningKeys,
  ) {
    super();
  }

  async isAdmin(request: Request): Promise<boolean> {
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const key = token === undefined ? null : this.keys.keyFor(token);
    if (token === undefined || key === null) return false;
    try {
      const payload: unknown = await this.jwt.verifyAsync(token, {
        // As jsonwebtoken takes it; the types between do not know of keys.
        secret: key as unknown as Buffer,
        algorithms: [TOKEN_ALGORITHM],
        issuer: TOKEN_ISSUER,
        audience: TOKEN_AUDIENCE,
      });
      const claims = readClaims(payload);
      const principal = claims && (await this.principals.byAccess(claims));
      return principal?.role === 'SUPER_ADMIN' || principal?.role === 'CLUB_ADMIN';
    } catch {
      return false;
    }
  }
}
