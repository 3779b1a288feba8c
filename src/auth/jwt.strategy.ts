import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { readClaims, TOKEN_ALGORITHM, TOKEN_AUDIENCE, TOKEN_ISSUER } from './access-tokens.service';
import { Principal } from './principal';
import { PrincipalsService } from './principals.service';
import { SigningKeys } from './signing-keys';

/** Bearer tokens: signature, algorithm, issuer, audience, type and expiry first, then the database. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(
    keys: SigningKeys,
    private readonly principals: PrincipalsService,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request, token: string, done) => {
        const key = keys.keyFor(token);
        // It takes all that jsonwebtoken takes; its types do not know of keys.
        if (key === null) done(new Error('signed with a key that is not ours'));
        else done(null, key as unknown as Buffer);
      },
      algorithms: [TOKEN_ALGORITHM],
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
      ignoreExpiration: false,
    });
  }

  /** @returns who asks, or `null` for a 401 */
  async validate(payload: unknown): Promise<Principal | null> {
    const claims = readClaims(payload);
    return claims === null ? null : this.principals.byAccess(claims);
  }
}
