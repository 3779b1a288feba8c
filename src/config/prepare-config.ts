import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { armFaultPoint } from '../common/fault-point';
import { AppConfig, ConfigError, Settings } from './app-config';
import { decodeKey, LEAST_SECRET } from './fields';
import { keptList, keptSecret } from './kept-secret';
import { loadConfig } from './load-config';

/** Where secrets are kept in `DATA_DIR` while their variable is not set: one a line, newest first. */
export const JWT_SECRET_FILE = 'jwt-secret';
export const SECRETS_KEY_FILE = 'secrets-key';

/** A new secret for either of them. */
export function newSecret(): string {
  return randomBytes(32).toString('hex');
}

/** The one place that reads `process.env`. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** Variables that are secrets, or may hold one. */
const SECRET_VARIABLES = ['DATABASE_URL', 'JWT_SECRET', 'SECRETS_KEY', 'ADMIN_PASSWORD', 'SMTP_URL', 'METRICS_TOKEN'];

/**
 * The configuration of this process. Secrets are in it and no longer in the environment afterwards: a program that we start
 * inherits the environment, and FFmpeg, which reads what strangers' cameras send, has no business with them.
 * @throws ConfigError
 */
export function readConfig(): AppConfig {
  const environment = { ...readEnvironment() };
  for (const name of SECRET_VARIABLES) delete process.env[name];
  if (environment.NODE_ENV === 'test' && environment.PADELVAR_FAULT_POINT) arm(environment.PADELVAR_FAULT_POINT);
  return prepareConfig(loadConfig(environment, process.cwd()), environment.PATH ?? '');
}

/** `PADELVAR_FAULT_POINT`, for the fault run only: the number of a call, or a name. */
function arm(point: string): void {
  if (/^[1-9]\d{0,5}$/.test(point)) armFaultPoint({ call: Number(point) });
  else if (/^[a-z][a-z_.]{0,63}$/.test(point)) armFaultPoint({ name: point });
  else throw new ConfigError(['PADELVAR_FAULT_POINT: must be a number or the name of a fault point']);
}

/**
 * Makes what the settings need: directories, the kept secrets, absolute paths of FFmpeg's programs.
 * @param searchPath where to look for `ffmpeg` and `ffprobe`, as in `PATH`
 * @throws ConfigError where a directory cannot be made or a kept secret is damaged (it is never replaced: what it
 * encrypted would be lost)
 */
export function prepareConfig(settings: Settings, searchPath: string): AppConfig {
  const faults: string[] = [];
  makeDirectory('DATA_DIR', settings.dataDir, 0o700, faults);
  makeDirectory('VIDEOS_DIR', settings.videosDir, 0o750, faults);
  makeDirectory('LOGS_DIR', settings.logsDir, 0o750, faults);
  if (faults.length > 0) throw new ConfigError(faults);

  const secrets =
    settings.jwtSecret === null
      ? kept('JWT_SECRET', settings.dataDir, JWT_SECRET_FILE, faults)
      : [settings.jwtSecret, ...settings.olderJwtSecrets];
  const keys =
    settings.secretsKey === null
      ? kept('SECRETS_KEY', settings.dataDir, SECRETS_KEY_FILE, faults).map(decodeKey)
      : [settings.secretsKey, ...settings.olderSecretsKeys];
  const [jwtSecret, ...olderJwtSecrets] = secrets;
  const [secretsKey, ...olderSecretsKeys] = keys.filter((key) => key !== null);
  const damaged = (file: string): string => `the kept file ${file} is damaged`;
  if (faults.length === 0) {
    const short = secrets.some((secret) => secret.length < LEAST_SECRET);
    if (jwtSecret === undefined || short) faults.push(`JWT_SECRET: ${damaged(JWT_SECRET_FILE)}`);
    if (keys.length === 0 || keys.includes(null)) faults.push(`SECRETS_KEY: ${damaged(SECRETS_KEY_FILE)}`);
  }
  if (faults.length > 0 || jwtSecret === undefined || secretsKey === undefined) throw new ConfigError(faults);

  return Object.freeze({
    ...settings,
    ffmpegPath: findProgram(settings.ffmpegPath, searchPath),
    ffprobePath: findProgram(settings.ffprobePath, searchPath),
    jwtSecret,
    olderJwtSecrets,
    secretsKey,
    olderSecretsKeys,
  });
}

function makeDirectory(variable: string, path: string, mode: number, faults: string[]): void {
  try {
    mkdirSync(path, { recursive: true, mode });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    if (!statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
  } catch (error) {
    faults.push(`${variable}: cannot be used as a directory (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

function kept(variable: string, dataDir: string, name: string, faults: string[]): string[] {
  try {
    return keptList(keptSecret(join(dataDir, name), newSecret));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    faults.push(`${variable}: the kept file ${name} cannot be read or made (${code})`);
    return [];
  }
}

function findProgram(command: string, searchPath: string): string {
  if (command.includes('/')) return command;
  for (const directory of searchPath.split(delimiter)) {
    const candidate = join(directory, command);
    if (directory !== '' && isExecutable(candidate)) return candidate;
  }
  return command;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
