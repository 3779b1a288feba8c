import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from './app-config';
import { loadConfig } from './load-config';
import { prepareConfig } from './prepare-config';

type Environment = Record<string, string>;

const PAGE = { PUBLIC_URL: 'https://padel.example' };

/** Secrets of 64 hexadecimal digits. */
function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, at) => String(at + 1).repeat(64));
}

function faultsOf(env: Environment): readonly string[] {
  try {
    loadConfig(env, '/srv');
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

describe('loadConfig', () => {
  it('has the documented defaults', () => {
    expect(loadConfig({}, '/srv')).toMatchObject({
      port: 5000,
      host: '127.0.0.1',
      publicUrl: null,
      trustProxy: false,
      corsOrigins: [],
      databaseUrl: null,
      dataDir: '/srv/data',
      videosDir: '/srv/static/videos',
      logsDir: '/srv/logs/video',
      proxyBasePort: 8080,
      maxSessions: 10,
      maxSessionsPerUser: 10,
      maxPreviewViewers: 5,
      maxLiveViewers: 200,
      defaultDurationMinutes: 90,
      maxDurationMinutes: 240,
      cameraStallSeconds: 5,
      cameraTimeoutSeconds: 10,
      cameraWatchSeconds: 60,
      activityScores: true,
      sessionIdleMinutes: 15,
      videoCodec: 'libx264',
      videoPreset: 'veryfast',
      videoCrf: 23,
      videoFps: 25,
      cameraAllowLoopback: false,
      storageAllowHttp: false,
      diskReserveMb: 1024,
      retentionDays: null,
      smtpUrl: null,
      mailFrom: 'PadelVar <no-reply@localhost>',
      metricsToken: null,
    });
  });

  it('takes an empty variable for unset', () => {
    expect(loadConfig({ PORT: '', JWT_SECRET: '' }, '/srv')).toMatchObject({ port: 5000, jwtSecret: null });
  });

  const bad: [string, Environment, RegExp[]][] = [
    ['a number that is none', { PORT: '5e3' }, [/^PORT: /]],
    ['a fraction', { MAX_SESSIONS: '1.5' }, [/^MAX_SESSIONS: /]],
    ['a number out of bounds', { VIDEO_CRF: '52' }, [/^VIDEO_CRF: .*0 to 51/]],
    ['an argument as a codec', { VIDEO_CODEC: '-f' }, [/^VIDEO_CODEC: /]],
    ['trust of every proxy', { TRUST_PROXY: 'true' }, [/^TRUST_PROXY: /]],
    ['an origin with a path', { CORS_ORIGINS: 'https://a.example/x' }, [/^CORS_ORIGINS: /]],
    ['another database', { DATABASE_URL: 'mysql://a/b' }, [/^DATABASE_URL: /]],
    ['no session for a player', { MAX_SESSIONS_PER_USER: '0' }, [/^MAX_SESSIONS_PER_USER: .*1 to 1000/]],
    ['a metrics token that can be guessed', { METRICS_TOKEN: 'fifteen-letters' }, [/^METRICS_TOKEN: .*16/]],
    ['half an admin', { ADMIN_EMAIL: 'a@b.example' }, [/^ADMIN_PASSWORD: /]],
    ['a default above the maximum', { DEFAULT_DURATION_MINUTES: '300' }, [/^DEFAULT_DURATION_MINUTES: /]],
    [
      'a short secret in a list of keys',
      { SECRETS_KEY: `${'0'.repeat(64)},${'1'.repeat(63)}` },
      [/^SECRETS_KEY: .*32/],
    ],
    ['a list without keys', { SECRETS_KEY: ' , ' }, [/^SECRETS_KEY: .*32/]],
    ['nine secrets', { JWT_SECRET: numbered(9).join() }, [/^JWT_SECRET: .*at most 8/]],
    ['nine keys', { SECRETS_KEY: numbered(9).join() }, [/^SECRETS_KEY: .*at most 8/]],
    ['production without secrets', { NODE_ENV: 'production' }, [/^JWT_SECRET: /, /^SECRETS_KEY: /]],
    ['mail without a page to link to', { SMTP_URL: 'smtp://mail.example' }, [/^PUBLIC_URL: .*SMTP_URL/]],
    ['mail to nowhere', { ...PAGE, SMTP_URL: 'smtp:mail.example' }, [/^SMTP_URL: /]],
    ['mail with options of its own', { ...PAGE, SMTP_URL: 'smtp://h?tls.rejectUnauthorized=false' }, [/^SMTP_URL: /]],
    ['a mail password that is half encoded', { ...PAGE, SMTP_URL: 'smtp://u:100%@h' }, [/^SMTP_URL: .*percent/]],
    ['a sender that is two', { MAIL_FROM: 'a@b.example, c@d.example' }, [/^MAIL_FROM: /]],
    ['a sender with a line break', { MAIL_FROM: 'A\r\nBcc: c@d.example <a@b.example>' }, [/^MAIL_FROM: /]],
    ['several faults at once', { PORT: 'x', HOST: 'a b', RETENTION_DAYS: '0' }, [/^PORT/, /^HOST/, /^RETENTION_DAYS/]],
  ];
  it.each(bad)('refuses %s', (_name, env, expected) => {
    const faults = faultsOf(env);
    // Production alone has no schema fault, so its lines come by themselves.
    expect(faults).toHaveLength(expected.length);
    expected.forEach((pattern, at) => expect(faults[at]).toMatch(pattern));
  });

  it('never repeats a value, it may be a secret', () => {
    const env = {
      JWT_SECRET: 'short-secret',
      SECRETS_KEY: 'other-secret',
      SMTP_URL: 'http://u:mail-secret@h',
      PORT: 'x',
    };
    expect(faultsOf(env)).toHaveLength(4);
    expect(faultsOf(env).join()).not.toContain('-secret');
  });

  it.each([
    [{}, 'PadelVar <no-reply@padel.example>'],
    [{ PUBLIC_URL: 'http://192.168.1.4:5000' }, 'PadelVar <no-reply@localhost>'],
    [{ MAIL_FROM: 'Padel du Lac <desk@lac.example>' }, 'Padel du Lac <desk@lac.example>'],
    [{ MAIL_FROM: 'desk@lac.example' }, 'desk@lac.example'],
  ])('sends mail with %j as %s', (env: Environment, from) => {
    const config = loadConfig({ ...PAGE, SMTP_URL: 'smtps://u:p%40ss@mail.example:465', ...env }, '/');
    expect(config).toMatchObject({ smtpUrl: 'smtps://u:p%40ss@mail.example:465', mailFrom: from });
  });

  it.each([
    [numbered(1).join(), numbered(1)],
    [numbered(3).join(), numbered(3)],
    [numbered(3).join(', '), numbered(3)],
    [numbered(2).join('\n'), numbered(2)],
    [`${numbered(2).join()},${numbered(1).join()}`, numbered(2)],
    // Passphrases from before there were lists.
    ['a pass phrase, of 40 characters and spaces', ['a pass phrase, of 40 characters and spaces']],
    [`${numbered(1).join()},short`, [`${numbered(1).join()},short`]],
  ])('reads JWT_SECRET=%j, the first signs', (value, [first, ...older]) => {
    const settings = loadConfig({ JWT_SECRET: value }, '/');
    expect([settings.jwtSecret, settings.olderJwtSecrets]).toEqual([first, older]);
  });

  it('reads a list of keys, in hexadecimal and base64', () => {
    const [first, second] = numbered(2).map((text) => Buffer.from(text, 'hex')) as [Buffer, Buffer];
    const settings = loadConfig({ SECRETS_KEY: `${first.toString('hex')}, ${second.toString('base64')}` }, '/');
    expect([settings.secretsKey, settings.olderSecretsKeys]).toEqual([first, [second]]);
  });

  it.each([
    ['off', false],
    ['1', 1],
    ['loopback, 10.0.0.0/8', ['loopback', '10.0.0.0/8']],
  ])('reads TRUST_PROXY=%s', (value, expected) => {
    expect(loadConfig({ TRUST_PROXY: value }, '/').trustProxy).toEqual(expected);
  });
});

describe('prepareConfig', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'padelvar-config-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('makes secrets once, for our eyes only, and keeps them', () => {
    const first = prepareConfig(loadConfig({}, root), '');
    const second = prepareConfig(loadConfig({}, root), '');
    expect(second.jwtSecret).toBe(first.jwtSecret);
    expect(second.secretsKey).toEqual(first.secretsKey);
    expect(first.secretsKey).toHaveLength(32);
    for (const name of ['jwt-secret', 'secrets-key']) {
      expect(statSync(join(root, 'data', name)).mode & 0o777).toBe(0o600);
    }
    expect(Object.isFrozen(first)).toBe(true);
  });

  it('reads kept secrets after a rotation', () => {
    prepareConfig(loadConfig({}, root), '');
    writeFileSync(join(root, 'data', 'jwt-secret'), `${numbered(2).join('\n')}\n`);
    writeFileSync(join(root, 'data', 'secrets-key'), `${numbered(2).join('\n')}\n`);
    const config = prepareConfig(loadConfig({}, root), '');
    expect([config.jwtSecret, ...config.olderJwtSecrets]).toEqual(numbered(2));
    const keys = [config.secretsKey, ...config.olderSecretsKeys];
    expect(keys.map((key) => key.toString('hex'))).toEqual(numbered(2));
  });

  it.each(['jwt-secret', 'secrets-key'])('does not take %s for less than it holds', (name) => {
    prepareConfig(loadConfig({}, root), '');
    for (const text of [`${numbered(1).join()}\nhalf\n`, '', '\n']) {
      writeFileSync(join(root, 'data', name), text);
      expect(() => prepareConfig(loadConfig({}, root), '')).toThrow(/damaged$/);
    }
  });

  it('does not replace a damaged secret', () => {
    prepareConfig(loadConfig({}, root), '');
    writeFileSync(join(root, 'data', 'secrets-key'), 'half');
    expect(() => prepareConfig(loadConfig({}, root), '')).toThrow(/^Bad configuration:\n {2}SECRETS_KEY: .*damaged$/);
    expect(readFileSync(join(root, 'data', 'secrets-key'), 'utf8')).toBe('half');
  });

  it('names the directory that cannot be used', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => prepareConfig(loadConfig({ VIDEOS_DIR: 'file' }, root), '')).toThrow(/VIDEOS_DIR/);
  });

  it('finds FFmpeg on the path, and leaves the name where it is missing', () => {
    writeFileSync(join(root, 'ffmpeg'), '', { mode: 0o755 });
    expect(prepareConfig(loadConfig({}, root), `/nowhere:${root}`)).toMatchObject({
      ffmpegPath: join(root, 'ffmpeg'),
      ffprobePath: 'ffprobe',
    });
  });
});
