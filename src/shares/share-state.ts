/**
 * How a share stands. `suspended`: the club shares nothing any more, or whoever made it may not see the match any more; both can
 * change back. The strings are the wire's.
 */
export const SHARE_STATES = ['live', 'expired', 'revoked', 'suspended', 'gone'] as const;
export type ShareState = (typeof SHARE_STATES)[number];

/** How a share's film with the club's logo stands. The strings are the wire's. */
export const BRANDINGS = ['waiting', 'making', 'ready', 'failed'] as const;
export type Branding = (typeof BRANDINGS)[number];

/** What has its rows in these names: `h` the share, `s` the session, `c` the club, `u` the author, `v` the living video, `g` the highlight. */
export const SHARE_TABLES = `
  shares h JOIN camera_sessions s ON s.id = h.session_id JOIN clubs c ON c.id = h.club_id JOIN users u ON u.id = h.author_id
  LEFT JOIN videos v ON v.session_id = h.session_id AND v.deleted_at IS NULL
  LEFT JOIN highlights g ON g.id = h.highlight_id AND g.status = 'ready' AND g.deleted_at IS NULL`;

/** Whether what is shared is there. A highlight is there before its match has ended. */
const IS_THERE = `CASE WHEN h.highlight_id IS NULL THEN v.session_id IS NOT NULL ELSE g.id IS NOT NULL END`;

/** Length and size of what is shared. */
export const SHARED_FACTS = `
  coalesce(g.end_seconds - g.start_seconds, v.duration_seconds) AS duration_seconds,
  coalesce(v.width, s.width, 1280) AS width, coalesce(v.height, s.height, 720) AS height`;

/**
 * A share is worth no more than its author's right to see the match, and is asked about on each request: as
 * `sessions/session-access.ts` has it, for people in force.
 */
const AUTHOR_MAY_SEE = `(u.deleted_at IS NULL AND u.disabled_at IS NULL AND (u.is_super_admin OR EXISTS (
  SELECT FROM memberships m
   WHERE m.user_id = u.id AND m.club_id = h.club_id AND m.disabled_at IS NULL
     AND (m.role = 'CLUB_ADMIN' OR s.user_id = u.id
          OR EXISTS (SELECT FROM session_players p WHERE p.session_id = s.id AND p.user_id = u.id)))))`;

/** The {@link ShareState}, of {@link SHARE_TABLES}. */
export const SHARE_STATE = `CASE
  WHEN h.revoked_at IS NOT NULL THEN 'revoked'
  WHEN h.expires_at <= now() THEN 'expired'
  WHEN NOT (${IS_THERE}) THEN 'gone'
  WHEN NOT c.sharing_enabled OR c.deleted_at IS NOT NULL OR NOT ${AUTHOR_MAY_SEE} THEN 'suspended'
  ELSE 'live' END`;
