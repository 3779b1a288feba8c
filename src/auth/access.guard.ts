import { ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { Request } from 'express';
import { ProblemException } from '../common/problem';
import { AuthCookies } from './cookies';
import { MEDIA_ROUTE } from './media-route.decorator';
import { mediaUrlOf } from './media-url-path';
import { Principal } from './principal';
import { PrincipalsService } from './principals.service';
import { PUBLIC_ROUTE } from './public.decorator';

type AuthedRequest = Request & { user?: Principal };

/**
 * The global guard: every route asks for a bearer token unless it is `@Public()`; a `@MediaRoute()` takes the media
 * cookie or a media URL too. Every refusal is the same 401, whatever the cause.
 */
@Injectable()
export class AccessGuard extends AuthGuard('jwt') {
  constructor(
    private readonly reflector: Reflector,
    private readonly cookies: AuthCookies,
    private readonly principals: PrincipalsService,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http' || this.has(context, PUBLIC_ROUTE)) return true;
    const request = context.switchToHttp().getRequest<AuthedRequest>();
    const claim = mediaUrlOf(request);
    if (claim !== null && this.has(context, MEDIA_ROUTE)) {
      request.user = this.handleRequest(null, (await this.principals.byMediaUrl(claim)) ?? false);
      return true;
    }
    const cookie = this.mediaCookie(context, request);
    if (cookie === null) return (await super.canActivate(context)) as boolean;
    request.user = this.handleRequest(null, (await this.principals.byMediaToken(cookie)) ?? false);
    return true;
  }

  /** What passport found. A failing database is no 401: nobody shall be signed out by it. */
  override handleRequest<User>(error: unknown, user: User | false): User {
    if (error) throw error;
    if (!user) throw new ProblemException('unauthorized');
    return user;
  }

  private mediaCookie(context: ExecutionContext, request: Request): string | null {
    const reading = request.method === 'GET' || request.method === 'HEAD';
    if (!reading || request.headers.authorization !== undefined || !this.has(context, MEDIA_ROUTE)) return null;
    return this.cookies.read(request, 'media');
  }

  private has(context: ExecutionContext, mark: string): boolean {
    return this.reflector.getAllAndOverride<boolean>(mark, [context.getHandler(), context.getClass()]) === true;
  }
}
