import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { drawFilm } from '../../src/media/fmp4/clip.fixture';
import { Api } from '../support/api';
import { startTestClub, TestClub } from '../support/club';
import { VideoShelf } from '../support/video-shelf';

const MEBIBYTE = 1024 * 1024;
const HIDDEN = 'A_WORD_THAT_NOBODY_SHALL_SEE';

/** A PNG of black dots, one bit each (ISO/IEC 15948). */
function blackPng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc((1 + Math.ceil(width / 8)) * height));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const end = Buffer.alloc(0);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', end)]);
}

describe("a club's logo", () => {
  let folder: string;
  let club: TestClub;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'padelvar-logo-'));
    club = await startTestClub();
  });

  afterAll(async () => {
    await club?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A picture of one colour, with a comment in it. */
  function draw(name: string, colour = 'red', size = '900x300'): Buffer {
    const path = join(folder, name);
    const source = ['-f', 'lavfi', '-i', `color=${colour}:s=${size}`, '-frames:v', '1'];
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...source, '-metadata', `comment=${HIDDEN}`, path]);
    return readFileSync(path);
  }

  const path = (): string => `/api/clubs/${club.clubId}/logo`;

  async function put(
    body: Buffer,
    type = 'image/png',
    api: Api = club.desk,
  ): Promise<{ status: number; code?: string }> {
    const response = await fetch(`${club.service.url}${path()}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${api.token}`, 'content-type': type },
      body: new Uint8Array(body),
    });
    const text = await response.text();
    return { status: response.status, ...(text !== '' && { code: (JSON.parse(text) as { code: string }).code }) };
  }

  const sizeOf = (png: Buffer): number[] => [png.readUInt32BE(16), png.readUInt32BE(20)];

  it.each([
    ['logo.png', 'image/png'],
    ['logo.jpg', 'image/jpeg'],
    ['logo.webp', 'image/webp'],
  ])('is made anew of a %s, and is shown to members', async (name, type) => {
    const given = draw(name);
    expect(await put(given, type)).toEqual({ status: 204 });
    const { response, body } = await club.player.bytes(path());
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(sizeOf(body)).toEqual([512, 171]);
    // Chunks of pixels, and nothing that was written into the file.
    expect(body.equals(given)).toBe(false);
    expect(body.toString('latin1')).not.toMatch(new RegExp(`${HIDDEN}|padelvar`));
    const { body: view } = await club.player.get<{ logo_at: string }>(`/api/clubs/${club.clubId}`);
    expect(Date.parse(view.logo_at)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('is not blown up', async () => {
    expect((await put(draw('small.png', 'blue', '40x20'))).status).toBe(204);
    expect(sizeOf((await club.player.bytes(path())).body)).toEqual([40, 20]);
  });

  it('is what its bytes say, not what it is called', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    const html = Buffer.from('<!doctype html><script>alert(1)</script>');
    const gif = Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00;', 'latin1');
    for (const body of [svg, html, gif]) {
      expect(await put(body)).toEqual({ status: 415, code: 'unsupported_media_type' });
    }
    for (const type of ['image/svg+xml', 'text/html', 'application/json', 'image/gif']) {
      expect(await put(draw('logo.png'), type)).toEqual({ status: 415, code: 'unsupported_media_type' });
    }
    // A JPEG by another name is a JPEG.
    expect((await put(draw('logo.jpg'), 'image/png')).status).toBe(204);
  });

  it('is of a size, and can be read', async () => {
    const png = draw('logo.png');
    expect(await put(Buffer.concat([png, Buffer.alloc(MEBIBYTE)]))).toEqual({ status: 413, code: 'payload_too_large' });
    expect(await put(Buffer.alloc(0))).toEqual({ status: 400, code: 'validation_failed' });
    expect(await put(png.subarray(0, 40))).toEqual({ status: 422, code: 'picture_unreadable' });
    // A few kilobytes that unpack to 20 megapixels; a real picture, but for its size.
    expect((await put(blackPng(4_000, 4_000))).status).toBe(204);
    expect(await put(blackPng(5_000, 4_000))).toEqual({ status: 422, code: 'picture_unreadable' });
  });

  it("is its admins' to change, and is gone when they take it away", async () => {
    const png = draw('logo.png');
    expect(await put(png, 'image/png', club.player)).toEqual({ status: 403, code: 'forbidden' });
    expect((await put(png)).status).toBe(204);
    expect((await club.desk.delete(path())).status).toBe(204);
    expect((await club.desk.delete(path())).status).toBe(204);
    expect((await club.player.get(path())).status).toBe(404);
    const { body } = await club.desk.get<{ logo_at: string | null }>(`/api/clubs/${club.clubId}`);
    expect(body.logo_at).toBeNull();
    const { body: trail } = await club.desk.get<{ entries: { action: string; details: object }[] }>(
      `/api/audit?club_id=${club.clubId}&action=club.changed&limit=3`,
    );
    expect(trail.entries.map(({ details }) => details).slice(0, 2)).toEqual([
      { fields: ['logo'] },
      { fields: ['logo'] },
    ]);
  });

  it('is on the page of a shared match, and in its card', async () => {
    const shelf = await VideoShelf.of(club.service, club.operator, club.clubId);
    const id = await shelf.put();
    const film = join(folder, 'film.mp4');
    drawFilm(film, { seconds: 2 });
    copyFileSync(film, shelf.path(`${club.clubId}/${id}.mp4`));
    const { body } = await club.desk.post<{ share: { url: string } }>('/api/video/shares', { session_id: id });
    const { url } = body.share;
    const bytes = async (rest: string): Promise<Buffer> =>
      Buffer.from(await (await fetch(`${url}${rest}`)).arrayBuffer());
    expect((await bytes('')).toString()).not.toContain('logo.png');
    const plain = await bytes('/card.jpg');
    expect((await put(draw('logo.png', '0xff0000', '300x300'))).status).toBe(204);
    expect((await bytes('')).toString()).toContain('/logo.png');
    expect(sizeOf(await bytes('/logo.png'))).toEqual([300, 300]);
    const branded = await bytes('/card.jpg');
    expect(branded.equals(plain)).toBe(false);
    // The corner where the logo stands: 160 pixels high, 40 from the edges.
    expect(colourAt(branded, 1080, 510)).toEqual('red');
    expect(colourAt(plain, 1080, 510)).not.toEqual('red');
  });

  /** Whether a dot of a JPEG is red. */
  function colourAt(jpeg: Buffer, x: number, y: number): string {
    const filter = ['-vf', `crop=2:2:${x}:${y},format=rgb24`, '-f', 'rawvideo', 'pipe:1'];
    const [r = 0, g = 0, b = 0] = execFileSync(
      'ffmpeg',
      ['-v', 'error', '-f', 'jpeg_pipe', '-i', 'pipe:0', ...filter],
      {
        input: jpeg,
      },
    );
    return r > 200 && g < 60 && b < 60 ? 'red' : `${r},${g},${b}`;
  }
});
