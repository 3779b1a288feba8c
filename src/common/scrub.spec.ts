import pino from 'pino';
import { loggerOptions } from './logging.module';

/** What a logger writes for one call. */
function written(log: (logger: pino.Logger) => void): string {
  let text = '';
  const stream = { write: (line: string) => void (text += line) };
  log(pino(loggerOptions('trace'), stream));
  return text;
}

describe('the log', () => {
  const leaks: [string, (logger: pino.Logger) => void][] = [
    ['a message', (log) => log.info('dialling rtsp://admin:S3CRET@10.0.0.9/live')],
    ['a password with an @ and a slash', (log) => log.info('rtsp://admin:a@b/S3CRET@10.0.0.9/live')],
    ['a password with a quote', (log) => log.info('rtsp://admin:a"S3CRET@10.0.0.9/live')],
    ['a URL deep in an object', (log) => log.info({ a: { b: [{ c: 'http://u:S3CRET@h/x' }] } }, 'x')],
    ["an error's message and stack", (log) => log.error({ err: new Error('no answer from rtsp://u:S3CRET@h') }, 'x')],
    ['a cause', (log) => log.error({ err: new Error('a', { cause: new Error('http://u:S3CRET@h') }) }, 'x')],
    ['a secret field', (log) => log.info({ body: { password: 'S3CRET', camera_url: 'S3CRET' } }, 'x')],
    ['a header', (log) => log.info({ headers: { Authorization: 'Bearer S3CRET', cookie: ['a=S3CRET'] } }, 'x')],
    ['an Authorization value in a text', (log) => log.info('sent Basic UzNDUkVUS3CRET==')],
    ['a JSON quoted in a text', (log) => log.info('body was {"password":"S3CRET"}')],
    ['a parameter of a URL', (log) => log.info('GET http://cam/video?user=a&pwd=S3CRET')],
    ['a link', (log) => log.info({ link: 'https://padel.example/panel/link#/reset/S3CRET-_S3CRET' }, 'x')],
    ['the link of a shared match', (log) => log.info({ req: { url: '/s/S3CRET-_S3CRET0123/video.mp4' } }, 'x')],
    ['one that is written otherwise', (log) => log.info('GET /S/%53S3CRETS3CRET0123 404')],
    ["a mail server's address", (log) => log.info({ url: 'smtps://desk%40lac:S3CRET@mail.example:465' }, 'x')],
    ['a media URL', (log) => log.info({ req: { url: '/api/media/5f3f0d3e/S3CRET/video.mp4' } }, 'x')],
    ["the key of a court's button", (log) => log.info({ req: { url: '/api/button/S3CRET' } }, 'x')],
    ['a media URL that leads nowhere', (log) => log.info('POST http://h/api/media/5f3f0d3e/S3CRET')],
    ['a token behind what begins as one', (log) => log.info('-eyJhbGciOi-eyJhbGciOiJIUzI1NiJ9.S3CRETS.S3CRETS3CRET')],
    ['a token', (log) => log.info('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9S3CRET.S3CRETS3CRET')],
  ];
  it.each(leaks)('hides a secret in %s', (_name, log) => {
    const line = written(log);
    expect(line).not.toContain('S3CRET');
    expect(() => JSON.parse(line)).not.toThrow();
  });

  it.each([
    ['URLs', 'aa://'],
    ['tokens', 'eyJaaaaaaaa-'],
  ])('reads a line of a hundred thousand beginnings of %s once', (_name, beginning) => {
    // Anybody can ask for such a path. Read from each of them to its end, this line takes minutes.
    const path = beginning.repeat(120_000);
    expect(written((log) => log.info(path))).toContain(path);
  });

  it('leaves the rest alone', () => {
    expect(
      JSON.parse(written((log) => log.info({ host: '10.0.0.9', port: 554 }, 'mail to a@b.example'))),
    ).toMatchObject({
      msg: 'mail to a@b.example',
      host: '10.0.0.9',
      port: 554,
    });
  });
});
