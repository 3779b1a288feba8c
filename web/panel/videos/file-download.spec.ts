import { type DownloadProgress, FileDownload, Pace, secondsLeft } from './file-download';

describe('the pace of a download', () => {
  it('is not known in the first second', () => {
    const pace = new Pace();
    pace.add(0, 0);
    pace.add(900, 50_000);
    expect(pace.value).toBeNull();
    pace.add(1_000, 60_000);
    expect(pace.value).toBe(60_000);
  });

  it('is that of the last seconds, not of all', () => {
    const pace = new Pace();
    for (let second = 0; second <= 60; second++) pace.add(second * 1000, Math.min(second, 30) * 1_000_000);
    expect(pace.value).toBe(0);
    for (let second = 61; second <= 66; second++) pace.add(second * 1000, 30_000_000 + (second - 60) * 2_000_000);
    expect(pace.value).toBe(2_000_000);
  });

  it('says how long it takes, unless nothing comes', () => {
    expect(secondsLeft({ received: 20, total: 100, pace: 10 })).toBe(8);
    expect(secondsLeft({ received: 20, total: 100, pace: null })).toBeNull();
    expect(secondsLeft({ received: 20, total: 100, pace: 0 })).toBeNull();
  });
});

describe('a download', () => {
  const file = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) % 251);
  let etag = '"one"';
  let asked: Request[];
  let answer: (request: Request) => Response;

  /** The answer's bytes in pieces, as a network brings them; after them it hangs up, or nothing comes any more. */
  const bytes = (part: Uint8Array, then: 'ends' | 'fails' | 'hangs', signal?: AbortSignal): ReadableStream => {
    let at = 0;
    return new ReadableStream({
      start: (controller) => signal?.addEventListener('abort', () => controller.error(signal.reason)),
      pull: (controller) => {
        if (at < part.length) return controller.enqueue(part.slice(at, (at += 40_000)));
        if (then === 'ends') controller.close();
        else if (then === 'fails') controller.error(new TypeError('network error'));
      },
    });
  };

  /** As the service does: the rest, if the file is still the one that is meant. */
  const whole = ({ headers }: Request): Response => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.get('range') ?? '')?.[1] ?? 0);
    const partial = from > 0 && headers.get('if-range') === etag;
    const part = partial ? file.subarray(from) : file;
    const own = { 'content-length': String(part.length), etag };
    return new Response(bytes(part, 'ends'), { status: partial ? 206 : 200, headers: own });
  };
  const half = (): Response =>
    new Response(bytes(file.subarray(0, 150_000), 'fails'), {
      headers: { 'content-length': String(file.length), etag },
    });

  beforeEach(() => {
    etag = '"one"';
    asked = [];
    answer = whole;
  });

  const start = (onProgress: (now: DownloadProgress) => void = () => undefined): FileDownload => {
    const ask = (request: Request): Promise<Response> => {
      asked.push(request);
      return Promise.resolve(answer(request));
    };
    return new FileDownload('http://club.example/video.mp4', file.length, ask, onProgress);
  };
  const isWhole = async (blob: Blob): Promise<boolean> => {
    const got = new Uint8Array(await blob.arrayBuffer());
    return got.length === file.length && got.every((byte, i) => byte === file[i]);
  };

  it('has every byte, and says when it is there', async () => {
    const progress: DownloadProgress[] = [];
    const blob = await start((now) => progress.push(now)).run();
    expect(await isWhole(blob)).toBe(true);
    expect(blob.type).toBe('video/mp4');
    expect(progress.at(-1)).toMatchObject({ received: file.length, total: file.length });
  });

  it('goes on where it was cut', async () => {
    const download = start();
    answer = half;
    await expect(download.run()).rejects.toThrow('network error');
    answer = whole;
    expect(await isWhole(await download.run())).toBe(true);
    expect(asked.map(({ headers }) => [headers.get('range'), headers.get('if-range')])).toEqual([
      [null, null],
      ['bytes=150000-', '"one"'],
    ]);
  });

  it('begins anew where it has become another file', async () => {
    const download = start();
    answer = half;
    await expect(download.run()).rejects.toThrow();
    [etag, answer] = ['"two"', whole];
    expect(await isWhole(await download.run())).toBe(true);
  });

  it('takes an answer that ends early for no file', async () => {
    answer = () => new Response(bytes(file.subarray(0, 1000), 'ends'), { headers: { etag } });
    await expect(start().run()).rejects.toMatchObject({ code: 'network' });
  });

  it('says why it is refused', async () => {
    answer = () => Response.json({ code: 'not_found' }, { status: 404 });
    await expect(start().run()).rejects.toMatchObject({ code: 'not_found', status: 404 });
  });

  it('ends at once when it is cancelled', async () => {
    answer = ({ signal }) =>
      new Response(bytes(file.subarray(0, 1000), 'hangs', signal), { headers: { 'content-length': '300000' } });
    const download = start(() => download.cancel());
    await expect(download.run()).rejects.toThrow(/abort/);
    expect(download.cancelled).toBe(true);
  });
});
