import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../common/clock';
import { HandClock } from '../../common/hand-clock.fixture';
import { endLeftover, listLeftovers } from './leftovers';
import { ManagedChild } from './managed-child';
import { findMarker, formatMarker, ownMarker } from './marker';
import { parseStartTime, readStartTime } from './proc-stat';

const clock = new SystemClock();
const running: ManagedChild[] = [];

/** A tiny program that misbehaves; it says `up` when it is ready to. */
function program(
  code: string,
  spec: { log?: { path: string; maxBytes: number }; nice?: number; args?: string[] } = {},
): ManagedChild {
  const { args = [], ...rest } = spec;
  const child = new ManagedChild({ file: process.execPath, args: ['-e', code, '--', ...args], ...rest }, clock);
  running.push(child);
  return child;
}

function up(child: ManagedChild): Promise<void> {
  return new Promise((resolve) => child.stdout?.once('data', () => resolve()));
}

const STAY = 'setInterval(() => {}, 1000); process.stdout.write("up")';
const READ_TO_END = 'process.stdin.on("end", () => process.exit(7)).resume(); process.stdout.write("up")';

// Whatever a test leaves behind, also one that failed: a child we hold would keep the run from ending.
afterEach(async () => {
  await Promise.all(running.splice(0).map((child) => child.kill()));
});

describe('ManagedChild', () => {
  it.each<[string, string, { code: number | null; signal: string | null }]>([
    ['ends by the end of its input', READ_TO_END, { code: 7, signal: null }],
    ['ignores its input and takes SIGINT', STAY, { code: null, signal: 'SIGINT' }],
    ['ignores SIGINT', `process.on('SIGINT', () => {}); ${STAY}`, { code: null, signal: 'SIGKILL' }],
    [
      'is stopped by SIGSTOP',
      `require('fs').writeSync(1, 'up'); process.kill(process.pid, 'SIGSTOP')`,
      { code: null, signal: 'SIGKILL' },
    ],
  ])('stops one that %s', async (_name, code, expected) => {
    const child = program(code);
    await up(child);
    const exit = await child.stop({ eofMs: 100, interruptMs: 100 });
    expect(exit).toMatchObject({ ...expected, error: null });
    expect(child.alive).toBe(false);
    expect(() => process.kill(child.pid as number, 0)).toThrow('ESRCH');
  });

  it('sends one SIGINT however often it is asked', async () => {
    const child = program(
      `let n = 0; process.on('SIGINT', () => { process.stderr.write('int' + ++n + ' ') }); ${STAY}`,
    );
    await up(child);
    const [first] = await Promise.all([child.stop({ eofMs: 20, interruptMs: 200 }), child.stop(), child.stop()]);
    expect(first.stderr).toBe('int1 ');
  });

  it('kills at once while a stop waits', async () => {
    const child = program(`process.on('SIGINT', () => {}); ${STAY}`);
    await up(child);
    const stopped = child.stop({ eofMs: 60_000 });
    await child.kill();
    expect(await stopped).toMatchObject({ signal: 'SIGKILL' });
  });

  it('takes the children of the child along', async () => {
    const inner = `setInterval(() => {}, 1000)`;
    const child = program(
      `const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(inner)}]);
       process.stdout.write(String(c.pid)); setInterval(() => {}, 1000)`,
    );
    const pid = await new Promise<number>((resolve) => child.stdout?.once('data', (data) => resolve(Number(data))));
    await child.kill();
    // It was killed with its parent; a busy machine lets it run to its end a moment later.
    while (!['Z', null].includes(stateOf(pid))) await new Promise((resolve) => setImmediate(resolve));
  });

  it('is out of reach of our terminal: a session of its own', async () => {
    const child = program(STAY);
    await up(child);
    const fields = readFileSync(`/proc/${child.pid}/stat`, 'latin1').split(') ')[1]?.split(' ');
    expect([fields?.[2], fields?.[3]]).toEqual([`${child.pid}`, `${child.pid}`]);
  });

  it('keeps the last 4 kB of a flood, and a capped log', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'padelvar-child-'));
    const log = { path: join(folder, 'deep', 'x.ffmpeg.log'), maxBytes: 10_000 };
    const flood = 'for (let i = 0; i < 20000; i++) require("fs").writeSync(2, "line " + i + "\\n")';
    const exit = await program(flood, { log }).exited;
    expect(exit.code).toBe(0);
    expect(exit.stderr.length).toBe(4096);
    expect(exit.stderr.endsWith('line 19999\n')).toBe(true);
    await program(flood, { log }).exited;
    expect(readFileSync(log.path).length).toBeLessThanOrEqual(10_000);
    rmSync(folder, { recursive: true });
  });

  it('tells what was said by one that exits at once', async () => {
    const exit = await program('process.stderr.write("no such thing"); process.exit(3)').exited;
    expect(exit).toEqual({ code: 3, signal: null, error: null, stderr: 'no such thing' });
  });

  it('survives writing to one that has exited', async () => {
    const child = program('process.exit(0)');
    child.stdin?.write(Buffer.alloc(1 << 20));
    expect((await child.exited).code).toBe(0);
  });

  it.each([
    ['a missing program', '/nonexistent/program', 'ENOENT'],
    ['one that may not be run', '/etc/passwd', 'EACCES'],
  ])('reports %s', async (_name, file, code) => {
    const child = new ManagedChild({ file, args: [] }, clock);
    child.stdin?.write('x');
    expect(await child.exited).toMatchObject({ code: null, error: { code } });
    expect(child.pid).toBeNull();
    expect((await child.stop()).error?.code).toBe(code);
  });

  it('passes arguments as they are, through no shell', async () => {
    const child = program('process.stderr.write(process.argv.slice(1).join("|"))', { args: ['$(id)', 'a b', ';ls'] });
    expect((await child.exited).stderr).toBe('$(id)|a b|;ls');
  });

  it('ends one that takes more memory than it may, and offers all to the kernel first', async () => {
    const clockOfTest = new HandClock();
    const child = new ManagedChild(
      { file: process.execPath, args: ['-e', STAY], memoryBytes: 1024 * 1024 },
      clockOfTest,
    );
    running.push(child);
    await up(child);
    expect(readFileSync(`/proc/${child.pid}/oom_score_adj`, 'utf8').trim()).toBe('500');
    clockOfTest.pass(5_000);
    expect(await child.exited).toMatchObject({ signal: 'SIGKILL', error: { code: 'ENOMEM' } });
  });

  it('runs at the priority asked for', async () => {
    const child = program(
      `process.stdout.write('up'); process.stdin.on('end', () => process.exit(require('os').getPriority())).resume()`,
      { nice: 5 },
    );
    await up(child);
    expect((await child.stop()).code).toBe(5);
  });
});

describe('leftovers', () => {
  it('are found by marker, and ended only while pid and start time fit', async () => {
    const instance = `leftover-spec-${process.pid}`;
    const marker = formatMarker({ instance, session: 's1' });
    const child = program(STAY, { args: ['-metadata', `comment=${marker}`] });
    await up(child);
    expect(child.startTime).toBe(readStartTime(child.pid as number));
    const found = await listLeftovers(instance);
    expect(found).toEqual([{ pid: child.pid, parent: process.pid, startTime: child.startTime, session: 's1' }]);
    expect(await listLeftovers(instance, new Set([child.pid as number]))).toEqual([]);
    expect(await listLeftovers('somebody-else')).toEqual([]);
    expect(endLeftover({ ...found[0]!, startTime: '1' })).toBe(false);
    expect(child.alive).toBe(true);
    expect(endLeftover(found[0]!)).toBe(true);
    expect((await child.exited).signal).toBe('SIGKILL');
  });

  it('have markers of plain words', () => {
    expect(findMarker(['-i', 'comment=padelvar:a:b-1'])).toEqual({ instance: 'a', session: 'b-1' });
    expect(findMarker(['xpadelvar:a:b', 'padelvar:a', 'padelvar:a:b:c'])).toBeNull();
    const owner = { pid: process.pid, startTime: readStartTime(process.pid) };
    expect(findMarker([ownMarker({ instance: 'a', session: 'b-1' })])).toEqual({
      instance: 'a',
      session: 'b-1',
      owner,
    });
    expect(() => formatMarker({ instance: 'a:b', session: 'c' })).toThrow(RangeError);
  });

  it('read start times past names with brackets', () => {
    const rest = Array.from({ length: 30 }, (_, i) => `${i + 3}`).join(' ');
    expect(parseStartTime(`12 (a) b) ${rest}`)).toBe('22');
    expect(parseStartTime('garbage')).toBeNull();
  });
});

function stateOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.[0] ?? null;
  } catch {
    return null;
  }
}
