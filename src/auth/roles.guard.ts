import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { ProblemException } from '../common/problem';
import { Principal, Role } from './principal';
import { ROUTE_ROLES } from './roles.decorator';

/** The second global guard: a route with `@Roles()` asks for one of them. */
@Injectable()
export class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    const roles = this.reflector.getAllAndOverride<readonly Role[] | undefined>(ROUTE_ROLES, targets);
    if (!roles) return true;
    const { user } = context.switchToHttp().getRequest<Request & { user?: Principal }>();
    if (!user) throw new ProblemException('unauthorized');
    if (!roles.includes(user.role)) throw new ProblemException('forbidden');
    return true;
  }
}
