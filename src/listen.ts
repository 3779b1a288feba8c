import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppConfig } from './config/app-config';

/**
 * Opens the port.
 * @returns the address as a person would type it
 * @throws Error that says which variable to change where the port or address cannot be had
 */
export async function listen(app: NestExpressApplication, config: AppConfig): Promise<string> {
  try {
    await app.listen(config.port, config.host);
  } catch (error) {
    throw new Error(explain(error, config), { cause: error });
  }
  const url = new URL(await app.getUrl());
  if (['[::1]', '[::]', '0.0.0.0'].includes(url.hostname)) url.hostname = 'localhost';
  return url.origin;
}

function explain(error: unknown, { host, port }: AppConfig): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is in use by another program. End it, or set PORT to a free one.`;
    case 'EACCES':
      return `port ${port} on ${host} is not allowed for this user. Set PORT to one above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `this machine has no address ${host}. Set HOST to one it has, or 0.0.0.0 for all.`;
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
