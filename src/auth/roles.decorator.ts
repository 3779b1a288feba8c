import { SetMetadata } from '@nestjs/common';
import { Role } from './principal';

export const ROUTE_ROLES = 'auth:roles';

/**
 * Roles a route asks for whatever it is about; others get a 403. Not for routes on something of a club: there, whether
 * it is theirs (404) comes before whether they may (403); see `requireClub`.
 */
export const Roles = (...roles: readonly Role[]): MethodDecorator & ClassDecorator => SetMetadata(ROUTE_ROLES, roles);
