import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { IncomingHttpHeaders, IncomingMessage, request, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express, { NextFunction, Request, Response } from 'express';
import { Cancel, Clock, SystemClock } from '../../common/clock';
import { ProblemException } from '../../common/problem';
import { DiskFile, NodeDisk } from '../../storage/disk';
import { ReviewPart } from './review-recording';
import { sendMedia } from './send-media';

const INIT = Buffer.from('the init segment');
const RESERVE = 64 * 1024;
const BEGINS = INIT.length + RESERVE;
/** More than what two sockets hold. */
const MEDIA = Buffer.alloc(24 * 1024 * 1024, 'pictures ');
const STRETCHED = { at: BEGINS + 256 * 1024 - 2, duration: 3600 };
const ETAG = '"a-1"';

/** What a client shall see: the part as the journal began it. */
function expected(): Buffer {
  const free = Buffer.alloc(RESERVE);
  free.writeUInt32BE(RESERVE, 0);
  free.write('free', 4);
  const whole = Buffer.concat([INIT, free, MEDIA]);
  whole.writeUInt32BE(STRETCHED.duration, STRETCHED.at);
  return whole;
}

/** Real time, and timers that the test lets run. */
class HandClock extends Clock {
  readonly tasks = new Set<() => void>();
  private readonly system = new SystemClock();

  now(): number {
    return this.system.now();
  }

  monotonic(): number {
    return this.system.monotonic();
  }

  after(_ms: number, task: () => void): Cancel {
    this.tasks.add(task);
    return () => this.tasks.delete(task);
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

describe('sendMedia', () => {
  const folder = mkdtempSync(join(tmpdir(), 'padelvar-media-'));
  const path = join(folder, 'part-1.mp4');
  const whole = expected();
  let server: Server;
  let clock: HandClock;
  let growing: boolean;
  let end: number;
  let over: Promise<unknown>;

  beforeAll(async () => {
    // As the finaliser leaves it: another beginning. Behind the last segment more may stand.
    writeFileSync(path, Buffer.concat([Buffer.alloc(BEGINS, '#'), MEDIA, Buffer.from('half a fragment')]));
    const app = express();
    app.set('etag', false);
    app.get('/', (asked: Request, response: Response, next: NextFunction) => {
      over = answer(asked, response).catch((error: unknown) => next(error));
    });
    app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
      if (response.headersSent || !(error instanceof ProblemException)) return void response.destroy();
      response.status(error.getStatus()).end(error.code);
    });
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  beforeEach(() => {
    clock = new HandClock();
    growing = false;
    end = whole.length;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  async function answer(asked: Request, response: Response): Promise<void> {
    const file: DiskFile = await new NodeDisk().open(path, 'read');
    const part: ReviewPart = {
      number: 1,
      init: INIT,
      reserveBytes: RESERVE,
      end,
      stretched: [STRETCHED],
      silenced: [],
    };
    await sendMedia(asked, response, { file, part, etag: ETAG, growing }, clock).finally(() => file.close());
  }

  async function open(headers: Record<string, string> = {}, method = 'GET'): Promise<IncomingMessage> {
    const { port } = server.address() as AddressInfo;
    const asked = request({ port, host: '127.0.0.1', method, headers, agent: false }).end();
    return ((await once(asked, 'response')) as [IncomingMessage])[0];
  }

  async function get(headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
    const response = await open(headers, method);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
  }

  const closing = (response: IncomingMessage): Promise<void> =>
    new Promise((resolve) => response.on('error', () => undefined).once('close', resolve));

  it.each<[string, number, number]>([
    ['bytes=0-15', 0, 16],
    ['bytes=10-20', 10, 21],
    ['bytes=18-30', 18, 31],
    [`bytes=${BEGINS - 5}-${BEGINS + 5}`, BEGINS - 5, BEGINS + 6],
    [`bytes=${STRETCHED.at - 100}-${STRETCHED.at + 99}`, STRETCHED.at - 100, STRETCHED.at + 100],
    [`bytes=${STRETCHED.at + 1}-${STRETCHED.at + 1}`, STRETCHED.at + 1, STRETCHED.at + 2],
    [`bytes=${BEGINS}-${BEGINS + 999_999}`, BEGINS, BEGINS + 1_000_000],
    ['bytes=-7', whole.length - 7, whole.length],
    [`bytes=${whole.length - 9}-`, whole.length - 9, whole.length],
    [`bytes=${whole.length - 9}-999999999`, whole.length - 9, whole.length],
  ])('answers %s with the bytes as they were first written', async (range, from, to) => {
    const { status, headers, body } = await get({ range });
    expect(status).toBe(206);
    expect(headers).toMatchObject({
      'content-range': `bytes ${from}-${to - 1}/${whole.length}`,
      'content-length': `${to - from}`,
      'content-type': 'video/mp4',
      'cache-control': 'private, no-cache',
      etag: ETAG,
    });
    expect(body.equals(whole.subarray(from, to))).toBe(true);
  });

  it.each([
    ['no range', {}],
    ['several ranges', { range: 'bytes=0-1,5-6' }],
    ['another unit', { range: 'items=0-1' }],
    ['no range at all', { range: 'bytes=x' }],
    ['more than there is from the end', { range: 'bytes=-99999999999' }],
    ['a range of another version', { range: 'bytes=0-1', 'if-range': '"other"' }],
  ])('sends all of it for %s', async (_, headers) => {
    const { status, body } = await get(headers);
    expect([200, 206]).toContain(status);
    expect(body.equals(whole)).toBe(true);
  });

  it('honours If-Range, If-None-Match and HEAD', async () => {
    expect((await get({ range: 'bytes=0-1', 'if-range': ETAG })).status).toBe(206);
    const fresh = await get({ range: 'bytes=0-1', 'if-none-match': ETAG });
    expect([fresh.status, fresh.body.length]).toEqual([304, 0]);
    expect((await get({ range: 'bytes=0-1', 'if-none-match': '"other"' })).status).toBe(206);
    const head = await get({ range: 'bytes=5-9' }, 'HEAD');
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([206, '5', 0]);
  });

  it.each(['bytes=99999999999-', `bytes=${whole.length}-`])('answers 416 to %s', async (range) => {
    const { status, headers, body } = await get({ range });
    expect([status, body.toString()]).toEqual([416, 'range_not_satisfiable']);
    expect(headers['content-range']).toBe(`bytes */${whole.length}`);
    expect(headers.etag).toBeUndefined();
  });

  it('tells no length of what still grows, and no version of all of it', async () => {
    growing = true;
    end = BEGINS + 5000;
    const range = await get({ range: `bytes=${BEGINS}-${BEGINS + 9999}` });
    expect(range.headers).toMatchObject({ 'content-range': `bytes ${BEGINS}-${end - 1}/*`, etag: ETAG });
    expect(range.body.equals(whole.subarray(BEGINS, end))).toBe(true);
    expect((await get({ range: `bytes=${BEGINS}-${end - 1}`, 'if-none-match': ETAG })).status).toBe(304);
    const all = await get({ 'if-none-match': ETAG });
    expect([all.status, all.headers.etag, all.body.length]).toEqual([200, undefined, end]);
    expect((await get({ range: `bytes=${end}-` })).status).toBe(416);
  });

  it('stops reading for a client that leaves, and lets go of one that takes nothing', async () => {
    const leaver = await open();
    await once(leaver, 'readable');
    leaver.destroy();
    await over;
    expect(clock.tasks.size).toBe(0);

    const deaf = await open();
    const closed = closing(deaf);
    while (clock.tasks.size === 0) await new Promise((resolve) => setImmediate(resolve));
    for (const stuck of clock.tasks) stuck();
    deaf.resume();
    await closed;
    expect(deaf.complete).toBe(false);
    await over;
  });

  it('cuts an answer whose file ends too soon', async () => {
    end = whole.length + 100_000;
    const response = await open({ range: `bytes=${whole.length - 600_000}-${end - 1}` });
    const closed = closing(response);
    response.resume();
    await closed;
    expect(response.complete).toBe(false);
  });
});
