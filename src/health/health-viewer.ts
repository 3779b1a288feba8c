import type { Request } from 'express';

/**
 * Decides who sees health's details. The auth room provides it: `{ provide: HealthViewer, useExisting: X }`; without one
 * nobody does.
 */
export abstract class HealthViewer {
  /** True where the request is signed in as an admin. Never throws for a bad or missing token. */
  abstract isAdmin(request: Request): Promise<boolean>;
}
