import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { ConfigError, Settings } from './app-config';
import {
  flag,
  integer,
  keyList,
  mailFrom,
  origin,
  originList,
  secretList,
  smtpUrl,
  text,
  trustProxy,
  url,
} from './fields';

const PRESETS = ['ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium', 'slow', 'slower', 'veryslow'];

const LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

const environment = z.object({
  NODE_ENV: z.string().default('development'),
  LOG_LEVEL: z.enum(LEVELS, { error: `must be one of ${LEVELS.join(', ')}` }).default('info'),
  PORT: integer(0, 65535).default(5000),
  HOST: text(/^[A-Za-z0-9.:_-]+$/, 'must be a host name or an IP address').default('127.0.0.1'),
  PUBLIC_URL: origin().optional(),
  TRUST_PROXY: trustProxy().default(false),
  CORS_ORIGINS: originList().default([]),
  DATABASE_URL: url(['postgres:', 'postgresql:'], 'must be a postgres:// URL').optional(),
  DATA_DIR: z.string().default('data'),
  VIDEOS_DIR: z.string().default('static/videos'),
  LOGS_DIR: z.string().default('logs/video'),
  FFMPEG_PATH: z.string().default('ffmpeg'),
  FFPROBE_PATH: z.string().default('ffprobe'),
  PROXY_BASE_PORT: integer(1024, 65535).default(8080),
  MAX_SESSIONS: integer(1, 1000).default(10),
  MAX_SESSIONS_PER_USER: integer(1, 1000).default(10),
  MAX_PREVIEW_VIEWERS: integer(0, 1000).default(5),
  MAX_LIVE_VIEWERS: integer(0, 100_000).default(200),
  DEFAULT_DURATION_MINUTES: integer(1, 1440).default(90),
  MAX_DURATION_MINUTES: integer(1, 1440).default(240),
  CAMERA_STALL_SECONDS: integer(1, 300).default(5),
  CAMERA_TIMEOUT_SECONDS: integer(1, 120).default(10),
  CAMERA_WATCH_SECONDS: integer(0, 86_400).default(60),
  SESSION_IDLE_MINUTES: integer(1, 1440).default(15),
  ACTIVITY_SCORES: flag().default(true),
  VIDEO_CODEC: text(/^(libx264|h264_[a-z0-9]+)$/, 'must be an H.264 encoder of FFmpeg, such as libx264').default(
    'libx264',
  ),
  VIDEO_PRESET: z.enum(PRESETS, { error: `must be one of ${PRESETS.join(', ')}` }).default('veryfast'),
  VIDEO_CRF: integer(0, 51).default(23),
  VIDEO_FPS: integer(1, 60).default(25),
  JWT_SECRET: secretList().optional(),
  SECRETS_KEY: keyList().optional(),
  ADMIN_EMAIL: text(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address').optional(),
  ADMIN_PASSWORD: text(/^.{8,128}$/s, 'must be 8 to 128 characters').optional(),
  CAMERA_ALLOW_LOOPBACK: flag().default(false),
  STORAGE_ALLOW_HTTP: flag().default(false),
  DISK_RESERVE_MB: integer(0, 100_000_000).default(1024),
  RETENTION_DAYS: integer(1, 36_500).optional(),
  SMTP_URL: smtpUrl().optional(),
  MAIL_FROM: mailFrom().optional(),
  METRICS_TOKEN: text(
    /^[\x21-\x7e]{16,256}$/,
    'must be 16 to 256 printable ASCII characters without spaces',
  ).optional(),
});

type Environment = z.infer<typeof environment>;

/** Every variable there is; docs/operations.md explains each, a test compares. */
export const VARIABLES = Object.keys(environment.shape) as readonly string[];

/** Rules that join two variables. */
function crossFaults(env: Environment): string[] {
  const faults: string[] = [];
  if (env.DEFAULT_DURATION_MINUTES > env.MAX_DURATION_MINUTES) {
    faults.push('DEFAULT_DURATION_MINUTES: must not be above MAX_DURATION_MINUTES');
  }
  if ((env.ADMIN_EMAIL === undefined) !== (env.ADMIN_PASSWORD === undefined)) {
    const missing = env.ADMIN_EMAIL === undefined ? 'ADMIN_EMAIL' : 'ADMIN_PASSWORD';
    faults.push(`${missing}: ADMIN_EMAIL and ADMIN_PASSWORD go together`);
  }
  if (env.SMTP_URL !== undefined && env.PUBLIC_URL === undefined) {
    faults.push('PUBLIC_URL: required with SMTP_URL, for mails hold links to it');
  }
  return faults;
}

/**
 * Checks the environment. Pure: makes no directory, secret or process. An empty variable counts as unset.
 * @param cwd what relative directories are relative to
 * @throws ConfigError with every fault at once
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>, cwd: string): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const faults: string[] = [];
  if (given.NODE_ENV === 'production') {
    for (const name of ['JWT_SECRET', 'SECRETS_KEY']) {
      if (given[name] === undefined) faults.push(`${name}: required when NODE_ENV=production`);
    }
  }
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) faults.push(`${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError([...new Set(faults)]);
  }
  faults.push(...crossFaults(parsed.data));
  if (faults.length > 0) throw new ConfigError(faults);
  return toSettings(parsed.data, cwd);
}

function toSettings(env: Environment, cwd: string): Settings {
  return {
    production: env.NODE_ENV === 'production',
    logLevel: env.LOG_LEVEL,
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL ?? null,
    trustProxy: env.TRUST_PROXY,
    corsOrigins: env.CORS_ORIGINS,
    databaseUrl: env.DATABASE_URL ?? null,
    dataDir: resolve(cwd, env.DATA_DIR),
    videosDir: resolve(cwd, env.VIDEOS_DIR),
    logsDir: resolve(cwd, env.LOGS_DIR),
    ffmpegPath: commandPath(env.FFMPEG_PATH, cwd),
    ffprobePath: commandPath(env.FFPROBE_PATH, cwd),
    proxyBasePort: env.PROXY_BASE_PORT,
    maxSessions: env.MAX_SESSIONS,
    maxSessionsPerUser: env.MAX_SESSIONS_PER_USER,
    maxPreviewViewers: env.MAX_PREVIEW_VIEWERS,
    maxLiveViewers: env.MAX_LIVE_VIEWERS,
    defaultDurationMinutes: env.DEFAULT_DURATION_MINUTES,
    maxDurationMinutes: env.MAX_DURATION_MINUTES,
    cameraStallSeconds: env.CAMERA_STALL_SECONDS,
    cameraTimeoutSeconds: env.CAMERA_TIMEOUT_SECONDS,
    cameraWatchSeconds: env.CAMERA_WATCH_SECONDS,
    sessionIdleMinutes: env.SESSION_IDLE_MINUTES,
    activityScores: env.ACTIVITY_SCORES,
    videoCodec: env.VIDEO_CODEC,
    videoPreset: env.VIDEO_PRESET,
    videoCrf: env.VIDEO_CRF,
    videoFps: env.VIDEO_FPS,
    jwtSecret: env.JWT_SECRET?.[0] ?? null,
    olderJwtSecrets: env.JWT_SECRET?.slice(1) ?? [],
    secretsKey: env.SECRETS_KEY?.[0] ?? null,
    olderSecretsKeys: env.SECRETS_KEY?.slice(1) ?? [],
    adminEmail: env.ADMIN_EMAIL ?? null,
    adminPassword: env.ADMIN_PASSWORD ?? null,
    cameraAllowLoopback: env.CAMERA_ALLOW_LOOPBACK,
    storageAllowHttp: env.STORAGE_ALLOW_HTTP,
    diskReserveMb: env.DISK_RESERVE_MB,
    retentionDays: env.RETENTION_DAYS ?? null,
    smtpUrl: env.SMTP_URL ?? null,
    mailFrom: env.MAIL_FROM ?? defaultSender(env.PUBLIC_URL),
    metricsToken: env.METRICS_TOKEN ?? null,
  };
}

/** An address in the domain of the public page; nobody reads what is sent to it. */
function defaultSender(publicUrl: string | undefined): string {
  const host = publicUrl === undefined ? 'localhost' : new URL(publicUrl).hostname;
  return `PadelVar <no-reply@${isIP(host.replace(/^\[|\]$/g, '')) === 0 ? host : 'localhost'}>`;
}

/** A path is made absolute; a bare command name stays for the search on `PATH`. */
function commandPath(command: string, cwd: string): string {
  return command.includes('/') ? resolve(cwd, command) : command;
}
