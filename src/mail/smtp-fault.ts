import { scrub } from '../common/scrub';

/** What of the server's words is kept. */
const MAX_LENGTH = 200;

/**
 * What went wrong, in one line for the log. A server, or one that poses as it, may repeat what it was told: user and
 * password are taken out in each of the forms that SMTP sends them in (RFC 4616, and LOGIN's base64).
 * @param auth of the server, where it has some
 */
export function smtpFault(error: unknown, auth: { user?: string; pass?: string } | undefined): string {
  const { code, command, message } = (error ?? {}) as { code?: unknown; command?: unknown; message?: unknown };
  const where = [code, command].filter((part) => typeof part === 'string').join(' at ');
  let text = `${where}: ${String(message)}`;
  for (const secret of secretsOf(auth)) text = text.replaceAll(secret, '[hidden]');
  return scrub(text.replace(/\s+/g, ' ')).slice(0, MAX_LENGTH);
}

function secretsOf(auth: { user?: string; pass?: string } | undefined): string[] {
  const { user = '', pass = '' } = auth ?? {};
  if (pass === '') return [];
  const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
  return [base64(`\0${user}\0${pass}`), base64(pass), encodeURIComponent(pass), pass].sort(
    (a, b) => b.length - a.length,
  );
}
