/**
 * Makes ready what a goal needs and says what it does: `node scripts/setup.mjs [start|demo|test|bench]`.
 * Plain Node without dependencies: it runs before they are installed. With nothing to do it says nothing.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const STAMPS = join(ROOT, 'node_modules', '.cache', 'padelvar');
const GOALS = ['start', 'demo', 'test', 'bench'];

/** An RTSP server and encoders that are not ours, to test against. */
const GSTREAMER = [
  'gir1.2-gst-rtsp-server-1.0',
  'python3-gi',
  'gir1.2-gst-plugins-base-1.0',
  'gstreamer1.0-plugins-base',
  'gstreamer1.0-plugins-good',
  'gstreamer1.0-plugins-bad',
  'gstreamer1.0-plugins-ugly',
];

/** For the tests that watch a court in a real browser. */
const BROWSER = ['chromium'];

/** For the tests that watch the service's system calls, or make them fail. */
const TRACER = ['strace'];

/** What a goal needs of Debian besides FFmpeg. */
const SYSTEM_PACKAGES = { start: [], demo: [], test: [...GSTREAMER, ...BROWSER, ...TRACER], bench: BROWSER };

function say(message) {
  process.stderr.write(`setup: ${message}\n`);
}

function stop(message) {
  say(message);
  process.exit(1);
}

function run(command, args, options = {}) {
  say([command, ...args].join(' '));
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2], ...options });
  if (error) stop(`${command} cannot be run: ${error.message}`);
  if (status !== 0) stop(`${command} ${args[0]} failed (${status})`);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  stop(`Node ${process.versions.node} is too old; install Node 20.19 or later.`);
}

// --- the packages of npm -------------------------------------------------------------------------------------------

function readStamp(name) {
  try {
    return readFileSync(join(STAMPS, name), 'utf8');
  } catch {
    return '';
  }
}

function writeStamp(name, value) {
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(join(STAMPS, name), value);
}

function hash(...parts) {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part).update('\0');
  return sum.digest('hex');
}

/** What `node_modules` must be made of: the lock file, on this kind of machine. */
function lockHash() {
  return hash(readFileSync(join(ROOT, 'package-lock.json')), process.versions.modules, process.platform, process.arch);
}

function installPackages() {
  const wanted = lockHash();
  if (readStamp('lock') === wanted) return;
  if (installedAsLocked()) return writeStamp('lock', wanted);
  run('npm', ['ci', '--no-audit', '--no-fund'], { env: { ...process.env, NODE_ENV: 'development' } });
  writeStamp('lock', wanted);
}

/** True where every package of the lock file lies there in its version, e.g. after a plain `npm ci`. */
function installedAsLocked() {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  return Object.entries(packages).every(([path, { version, optional, link }]) => {
    if (path === '' || link) return true;
    const file = join(ROOT, path, 'package.json');
    if (!existsSync(file)) return optional === true;
    return JSON.parse(readFileSync(file, 'utf8')).version === version;
  });
}

// --- the machine's packages ----------------------------------------------------------------------------------------

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return directory !== '';
    } catch {
      return false;
    }
  });
}

/** A program's variable counts as an answer: the service says itself when it points nowhere. */
function missingPrograms() {
  const given = { ffmpeg: process.env.FFMPEG_PATH, ffprobe: process.env.FFPROBE_PATH };
  return Object.keys(given).filter((program) => !given[program] && !onPath(program));
}

function missingDebianPackages(names) {
  if (!onPath('dpkg-query')) return [];
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...names], {
    encoding: 'utf8',
  });
  const installed = new Set(stdout.split('\n').filter((line) => line.endsWith(' installed')));
  return names.filter((name) => !installed.has(`${name} installed`));
}

function installSystemPackages(goal) {
  const packages = missingPrograms().length > 0 ? ['ffmpeg'] : [];
  const wanted = SYSTEM_PACKAGES[goal];
  const stamp = `system-${goal}`;
  // Asking dpkg takes time; what was there once is taken to stay.
  if (readStamp(stamp) !== wanted.join()) packages.push(...missingDebianPackages(wanted));
  if (packages.length > 0) installWithApt(packages, goal);
  if (missingPrograms().length > 0) stop('ffmpeg and ffprobe are still not on PATH after their installation.');
  if (wanted.length > 0 && onPath('dpkg-query')) writeStamp(stamp, wanted.join());
}

function installWithApt(packages, goal) {
  const line = `apt-get update && apt-get install --yes --no-install-recommends ${packages.join(' ')}`;
  const needed = packages.includes('ffmpeg') ? 'FFmpeg (ffmpeg, ffprobe) is needed' : `"${goal}" needs more packages`;
  if (!onPath('apt-get')) stop(`${needed}: ${packages.join(' ')}. Install them with this system's package manager.`);
  if (process.getuid?.() !== 0) stop(`${needed}. Type this, then try again:\n  sudo sh -c '${line}'`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], { env });
  run('apt-get', ['install', '--yes', '-qq', '--no-install-recommends', ...packages], { env });
}

// --- the build -----------------------------------------------------------------------------------------------------

/** Path, size and time of change of each file that a build reads; the contents only count when one differs. */
function filesOf(paths, pattern) {
  const files = [];
  const visit = (path) => {
    const entry = statSync(join(ROOT, path), { throwIfNoEntry: false });
    if (entry?.isDirectory())
      readdirSync(join(ROOT, path))
        .sort()
        .forEach((name) => visit(join(path, name)));
    else if (entry && pattern.test(path) && !path.endsWith('.spec.ts')) files.push([path, entry]);
  };
  for (const path of paths) visit(path);
  return files;
}

const SERVICE = {
  name: 'build',
  result: 'dist/src/main.js',
  files: () => {
    const named = ['tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'package-lock.json', 'ormconfig.ts'];
    return filesOf([...named, 'src', 'migrations', 'test/cameras', 'bench', 'scripts'], /\.(ts|json)$/);
  },
  command: ['@nestjs/cli/bin/nest.js', 'build'],
};

/** A page that the service serves: the panel, and the bare page under `/live/`. */
const page = (mode, root) => ({
  name: `web-${mode}`,
  result: `static/${mode}/index.html`,
  files: () => filesOf(['package-lock.json', 'web/vite.config.mjs', 'web/live', root], /./),
  command: ['vite/bin/vite.js', 'build', '--config', 'web/vite.config.mjs', '--mode', mode],
});
const PAGES = [page('panel', 'web/panel'), page('live', 'web/bare'), page('share', 'web/share')];

function build({ name, result, files, command: [program, ...args] }) {
  const read = files();
  const quick = hash(...read.map(([path, entry]) => `${path} ${entry.size} ${entry.mtimeMs}`));
  const built = existsSync(join(ROOT, result));
  if (built && readStamp(`${name}-quick`) === quick) return;
  const exact = hash(...read.flatMap(([path]) => [path, readFileSync(join(ROOT, path))]));
  if (!built || readStamp(name) !== exact) {
    rmSync(join(STAMPS, name), { force: true });
    run(process.execPath, [join(ROOT, 'node_modules', program), ...args]);
    writeStamp(name, exact);
  }
  writeStamp(`${name}-quick`, quick);
}

// -------------------------------------------------------------------------------------------------------------------

const goal = process.argv[2] ?? 'start';
if (!GOALS.includes(goal)) stop(`unknown goal "${goal}"; one of ${GOALS.join(', ')}`);
checkNode();
installPackages();
installSystemPackages(goal);
if (goal !== 'test') build(SERVICE);
PAGES.forEach(build);
