/**
 * The service's configuration: read once at the start, checked, frozen. Also its injection token:
 * `constructor(private readonly config: AppConfig)`. Directories are absolute and exist.
 */
export abstract class AppConfig {
  /** `NODE_ENV` is `production`. */
  abstract readonly production: boolean;
  abstract readonly logLevel: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  abstract readonly host: string;
  /** 0: any free port (tests). */
  abstract readonly port: number;
  /** Origin under which browsers reach the service, no trailing slash; `null`: taken from the request. */
  abstract readonly publicUrl: string | null;
  /** What Express takes as `trust proxy`. */
  abstract readonly trustProxy: false | number | readonly string[];
  abstract readonly corsOrigins: readonly string[];
  /** `null`: the embedded PostgreSQL; it is a URL by the time Nest starts. */
  abstract readonly databaseUrl: string | null;
  abstract readonly dataDir: string;
  abstract readonly videosDir: string;
  abstract readonly logsDir: string;
  /** Absolute where found on `PATH`, else the bare name (health then says that FFmpeg is missing). */
  abstract readonly ffmpegPath: string;
  abstract readonly ffprobePath: string;
  abstract readonly proxyBasePort: number;
  abstract readonly maxSessions: number;
  /** Open sessions one PLAYER may own. */
  abstract readonly maxSessionsPerUser: number;
  abstract readonly maxPreviewViewers: number;
  abstract readonly maxLiveViewers: number;
  abstract readonly defaultDurationMinutes: number;
  abstract readonly maxDurationMinutes: number;
  abstract readonly cameraStallSeconds: number;
  abstract readonly cameraTimeoutSeconds: number;
  /** How long between two looks at the camera of a court that nobody plays on; 0: none. */
  abstract readonly cameraWatchSeconds: number;
  abstract readonly sessionIdleMinutes: number;
  /** Whether it is measured how much moves on a court that records. */
  abstract readonly activityScores: boolean;
  abstract readonly videoCodec: string;
  abstract readonly videoPreset: string;
  abstract readonly videoCrf: number;
  /** Upper bound of the frame rate of what we encode. */
  abstract readonly videoFps: number;
  /** Signs access tokens. */
  abstract readonly jwtSecret: string;
  /** Sign nothing any more and still verify; newest first. */
  abstract readonly olderJwtSecrets: readonly string[];
  /** 32 bytes, for AES-256-GCM: seals the cameras' addresses. */
  abstract readonly secretsKey: Buffer;
  /** Seal nothing any more and still open; newest first. */
  abstract readonly olderSecretsKeys: readonly Buffer[];
  abstract readonly adminEmail: string | null;
  abstract readonly adminPassword: string | null;
  abstract readonly cameraAllowLoopback: boolean;
  /** Clubs may keep videos at an address without TLS. */
  abstract readonly storageAllowHttp: boolean;
  abstract readonly diskReserveMb: number;
  /** `null`: videos are never deleted by age. */
  abstract readonly retentionDays: number | null;
  /** `smtp(s)://[user:password@]host[:port]`; `null`: no mail is sent. Never set without {@link publicUrl}. */
  abstract readonly smtpUrl: string | null;
  /** Who mails come from: `address` or `Name <address>`. */
  abstract readonly mailFrom: string;
  /** `null`: metrics are for loopback only. */
  abstract readonly metricsToken: string | null;
}

/** What the environment says, before directories and secrets are made. */
export type Settings = Omit<AppConfig, 'jwtSecret' | 'secretsKey'> & {
  readonly jwtSecret: string | null;
  readonly secretsKey: Buffer | null;
};

/** The environment is not usable; one line per fault, each naming its variable, none showing a value. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`Bad configuration:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}
