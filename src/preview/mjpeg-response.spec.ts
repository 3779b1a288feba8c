import { once } from 'node:events';
import { createServer, IncomingMessage, request, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { HandClock } from '../common/hand-clock.fixture';
import { MjpegResponse } from './mjpeg-response';

const SMALL = Buffer.from('small');

describe('MjpegResponse', () => {
  let server: Server;
  let clock: HandClock;
  let viewer: MjpegResponse;
  let written: ServerResponse;
  let answer: IncomingMessage;

  beforeEach(async () => {
    clock = new HandClock();
    server = createServer((_request, response) => {
      written = response;
      viewer = new MjpegResponse(response, clock);
      viewer.begin();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const asked = request({ port, host: '127.0.0.1', agent: false }).end();
    [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.on('error', () => undefined);
  });

  afterEach(() => {
    answer.destroy();
    server.closeAllConnections();
    server.close();
  });

  /** Pictures nobody reads, until what the kernel holds for both sides is full. */
  async function fill(): Promise<void> {
    answer.pause();
    const picture = Buffer.alloc(1024 * 1024, 'x');
    for (let full = 0; full < 5; full = written.writableNeedDrain ? full + 1 : 0) {
      if (!written.writableNeedDrain) viewer.show(picture);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('sends the header of the next picture right behind each picture', async () => {
    viewer.show(SMALL);
    viewer.show(SMALL);
    const part = '--padelvar-picture\r\nContent-Type: image/jpeg\r\n\r\n';
    const expected = `${part}small\r\n${part}small\r\n${part}`;
    let text = '';
    for await (const chunk of answer) if ((text += String(chunk)).length >= expected.length) break;
    expect(text).toBe(expected);
    expect(answer.headers).toMatchObject({
      'content-type': 'multipart/x-mixed-replace; boundary=padelvar-picture',
      'cache-control': 'no-store',
    });
  });

  it('holds one picture for a viewer that does not read, and gives it the newest', async () => {
    await fill();
    const held = written.writableLength;
    for (let i = 0; i < 1000; i++) viewer.show(Buffer.from(`<${i}>`));
    expect(written.writableLength).toBe(held);
    let tail = '';
    answer.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString('latin1')).slice(-8192)));
    answer.resume();
    while (!tail.includes('<')) await once(answer, 'data');
    expect(tail.match(/<\d+>/g)).toEqual(['<999>']);
  });

  it('lets go of a viewer that takes nothing for a minute', async () => {
    await fill();
    clock.pass(59_000);
    expect(written.destroyed).toBe(false);
    const closed = once(written, 'close');
    clock.pass(2_000);
    await closed;
  });

  it('keeps a viewer that gets nothing because there is nothing', () => {
    clock.pass(3_600_000);
    expect(written.destroyed).toBe(false);
  });

  it.each(['reads', 'does not read'])('ends for a viewer that %s', async (how) => {
    if (how === 'reads') answer.resume();
    else await fill();
    const closed = once(written, 'close');
    viewer.end();
    await closed;
    viewer.show(SMALL);
  });
});
