/** Where pages of ours come from. */
export interface OwnOrigins {
  /** `null`: from wherever the request was sent to. */
  readonly publicUrl: string | null;
  /** Frontends elsewhere. */
  readonly corsOrigins: readonly string[];
}

/**
 * Whether a page of this origin may open a WebSocket: the service's own (`PUBLIC_URL`, or the host that was asked), one of
 * `CORS_ORIGINS`, or none at all, which no browser sends. Browsers let any page open any WebSocket (RFC 6455 §10.2): this
 * is the service's to refuse. The scheme of a host that was asked is not known behind a proxy and not compared, but for the
 * one that `PUBLIC_URL` names: what comes to that by plain HTTP was made on the way.
 */
export function isAllowedOrigin(origin: string | undefined, host: string | undefined, config: OwnOrigins): boolean {
  if (origin === undefined) return true;
  if (origin === config.publicUrl || config.corsOrigins.includes(origin)) return true;
  if (!/^https?:\/\//.test(origin) || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  if (config.publicUrl !== null && url.host === new URL(config.publicUrl).host) return false;
  return url.origin === origin && url.host === host?.toLowerCase();
}
