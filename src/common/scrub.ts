const HIDDEN = '[hidden]';

/** Names of fields whose value is never written, wherever they stand in a log line, and as parameters of a URL. */
const SECRET_NAMES =
  'authorization|proxy-authorization|cookie|set-cookie|password|passwd|pwd|passphrase|current_password|new_password|' +
  'currentPassword|newPassword|passwordHash|password_hash|secret|jwtSecret|secretsKey|adminPassword|token|access_token|' +
  'refresh_token|accessToken|refreshToken|ticket|metricsToken|camera_url|cameraUrl|smtpUrl|databaseUrl|api_key|apiKey|nonce|response';

/** A string's inside in JSON: escapes, or anything but quote and backslash. */
const INSIDE = String.raw`(?:\\.|[^"\\])*`;

const SECRET_FIELD = new RegExp(
  String.raw`("(?:${SECRET_NAMES})"\s*:\s*)(?:"${INSIDE}"|\[[^\]]*\]|-?\d[\d.eE+-]*)`,
  'gi',
);
/** The same in a text that quotes JSON, where every quote is escaped. */
const QUOTED_FIELD = new RegExp(String.raw`(\\"(?:${SECRET_NAMES})\\"\s*:\s*\\")(?:(?!\\").)*`, 'gi');
const SECRET_PARAMETER = new RegExp(
  String.raw`((?:^|[?&;\s])(?:${SECRET_NAMES}|user|username|usr|pass)=)[^&\s"'\\]*`,
  'gi',
);
/** What may be a URL: each is looked at once, for a line may hold thousands of beginnings of one (a path of 16 KB does). */
const WORD = /(?:\\.|[^\s"\\])+/g;
const SCHEME = /[a-z][a-z0-9+.-]{1,20}:\\?\/\\?\//i;
const CREDENTIALS = /\b(Bearer|Basic|Digest)\s+[^"\\\r\n]{6,}/gi;
/** The word in a media URL (`auth/media-url-path.ts`), also of one that leads nowhere and keeps its path. */
const MEDIA_URL = /(\/api\/media\/[^/\s"\\]*\/)[^/\s"\\?]+/gi;
/** The word in the link of a shared match; of one that leads nowhere too. */
const SHARE_URL = /(\/s\/)[^/\s"\\?]{16,}/gi;
/** The key of a court's button, which is all one needs to press it. */
const BUTTON_KEY = /(\/api\/button\/)[^/\s"\\?]+/gi;
/** It ends where another one begins: what begins a thousand times is not read a thousand times to its end. */
const JWT = /\beyJ(?:(?!-eyJ)[A-Za-z0-9_-]){8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g;
/** What stands behind the page of a link that is good once: it opens an account. */
const LINK_TOKEN = /(#\/(?:invitation|confirm|reset)\/)[A-Za-z0-9_-]+/g;

/**
 * Hides secrets in a line of the log (JSON, or plain text): fields of secret names, `scheme://user:password@`, secret
 * parameters of URLs, media URLs, links of shared matches, `Authorization` values, JWTs, tokens of links. It is the last thing that happens to a line, so nothing can go
 * around it. Valid JSON stays valid.
 */
export function scrub(line: string): string {
  return line
    .replace(SECRET_FIELD, `$1"${HIDDEN}"`)
    .replace(QUOTED_FIELD, `$1${HIDDEN}`)
    .replace(WORD, withoutUserInfo)
    .replace(SECRET_PARAMETER, `$1${HIDDEN}`)
    .replace(MEDIA_URL, `$1${HIDDEN}`)
    .replace(SHARE_URL, `$1${HIDDEN}`)
    .replace(BUTTON_KEY, `$1${HIDDEN}`)
    .replace(CREDENTIALS, `$1 ${HIDDEN}`)
    .replace(JWT, HIDDEN)
    .replace(LINK_TOKEN, `$1${HIDDEN}`);
}

/** Up to the last `@`: a password may hold one, or a slash. Hides a host too much rather than a password too little. */
function withoutUserInfo(word: string): string {
  const end = word.lastIndexOf('@');
  const scheme = end < 0 ? null : SCHEME.exec(word);
  if (!scheme) return word;
  const begin = scheme.index + scheme[0].length;
  return begin > end ? word : `${word.slice(0, begin)}${HIDDEN}${word.slice(end)}`;
}
