import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Principal } from './principal';
import { AccessClaims } from './principals.service';

export const TOKEN_ISSUER = 'padelvar';
export const TOKEN_AUDIENCE = 'padelvar-api';
export const TOKEN_ALGORITHM = 'HS256';
/** Seconds an access token is good for. */
export const ACCESS_SECONDS = 600;
const ACCESS_TYPE = 'access';

/** Makes access tokens: JWTs (RFC 7519) that name a person, a sign-in and a club, and grant nothing by themselves. */
@Injectable()
export class AccessTokensService {
  constructor(private readonly jwt: JwtService) {}

  issue(principal: Principal): Promise<string> {
    const { userId, familyId, clubId } = principal;
    return this.jwt.signAsync({ typ: ACCESS_TYPE, sid: familyId, club: clubId }, { subject: String(userId) });
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The claims of a verified payload; `null` where it is not an access token of ours. */
export function readClaims(payload: unknown): AccessClaims | null {
  if (typeof payload !== 'object' || payload === null) return null;
  const { typ, sub, sid, club } = payload as Record<string, unknown>;
  if (typ !== ACCESS_TYPE || typeof sub !== 'string' || typeof sid !== 'string') return null;
  if (!/^[1-9]\d{0,9}$/.test(sub) || !UUID.test(sid)) return null;
  if (club !== null && !(typeof club === 'number' && Number.isInteger(club))) return null;
  return { userId: Number(sub), familyId: sid, clubId: club };
}
