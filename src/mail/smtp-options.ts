import type { SMTPTransportOptions } from 'nodemailer';

/** No phase takes longer, in milliseconds; all of them together are bounded by who sends. */
const PHASE_MS = 10_000;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/**
 * How to reach the server of `SMTP_URL`. `smtps:` is TLS from the first byte (RFC 8314 §3.3); `smtp:` asks for STARTTLS, and
 * a password never goes to another machine without it. Certificates are checked. A server on this very machine is spoken
 * to in the clear: what it offers is mostly a certificate made at its installation, in nobody's name.
 */
export function smtpOptions(url: string): SMTPTransportOptions {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const here = LOOPBACK.test(hostname);
  const auth = username === '' ? undefined : { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    ignoreTLS: here && !secure,
    requireTLS: !here && !secure && auth !== undefined,
    auth,
    dnsTimeout: PHASE_MS,
    connectionTimeout: PHASE_MS,
    greetingTimeout: PHASE_MS,
    socketTimeout: PHASE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
