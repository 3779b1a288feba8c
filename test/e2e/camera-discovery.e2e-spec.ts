import { OnvifCamera, OnvifCameraOptions } from '../cameras';
import { startTestClub, TestClub } from '../support/club';

interface Answer {
  readonly devices: readonly {
    readonly name: string | null;
    readonly address: string;
    readonly credentials_wanted: boolean;
    readonly profiles: readonly { readonly stream_url: string | null }[];
  }[];
}

const LOGIN = { username: 'desk', password: 'p<&>"ss' };
/** A device's own word of where it is may lead anywhere. */
const ELSEWHERE = 'http://169.254.169.254/latest/meta-data';

describe('looking for cameras', () => {
  let club: TestClub;
  const cameras: OnvifCamera[] = [];

  beforeAll(async () => {
    club = await startTestClub();
  });

  afterEach(() => Promise.all(cameras.splice(0).map((camera) => camera.stop())));

  afterAll(() => club?.close());

  async function found(options: OnvifCameraOptions = {}, body: object = {}): Promise<[Answer['devices'], OnvifCamera]> {
    const camera = new OnvifCamera(options);
    cameras.push(camera);
    await camera.start();
    const answer = await club.desk.post<Answer>(`/api/clubs/${club.clubId}/cameras/discover`, {
      addresses: [camera.address],
      ...body,
    });
    expect(answer.status).toBe(200);
    return [answer.body.devices.filter(({ address }) => address === '127.0.0.1'), camera];
  }

  it('tells what a camera is, and its streams without what is secret', async () => {
    const streamUris = ['rtsp://viewer:word@127.0.0.1:8554/main?a=1&amp;b=2', 'rtsp://127.0.0.1/small'];
    const [devices] = await found({ streamUris });
    expect(devices).toEqual([
      {
        name: 'Court camera',
        address: '127.0.0.1',
        credentials_wanted: false,
        profiles: [
          { codec: 'H264', width: 1920, height: 1080, fps: 25, stream_url: 'rtsp://127.0.0.1:8554/main?a=1&b=2' },
          { codec: 'H264', width: 640, height: 360, fps: 25, stream_url: 'rtsp://127.0.0.1/small' },
        ],
      },
    ]);
  });

  it('signs in by a digest that the camera believes, whatever its clock says', async () => {
    const [devices, camera] = await found({ ...LOGIN, aheadMs: -3_600_000 }, LOGIN);
    expect(devices).toMatchObject([{ credentials_wanted: false, profiles: [{ codec: 'H264' }] }]);
    expect(camera.asked).toEqual(['GetSystemDateAndTime', 'GetCapabilities', 'GetProfiles', 'GetStreamUri']);
  });

  it.each([
    ['none', {}],
    ['wrong ones', { ...LOGIN, password: 'other' }],
  ])('says that it wants credentials, given %s', async (_name, body) => {
    const [devices] = await found(LOGIN, body);
    expect(devices).toMatchObject([{ credentials_wanted: true, profiles: [] }]);
  });

  it('asks a camera nowhere but at its own address', async () => {
    const [devices, camera] = await found({ mediaUrl: ELSEWHERE });
    expect(devices).toMatchObject([{ address: '127.0.0.1', profiles: [] }]);
    expect(camera.asked).toEqual(['GetCapabilities']);
    const [others, unasked] = await found({ serviceUrl: ELSEWHERE });
    expect(others).toMatchObject([{ address: '127.0.0.1', profiles: [] }]);
    expect(unasked.asked).toEqual([]);
  });

  it('tells no stream at an address that no camera may have', async () => {
    const streamUris = [
      'rtsp://169.254.169.254/x',
      'http://localhost.:80/',
      'file:///etc/passwd',
      'rtsp://[::ffff:127.0.0.1]/',
    ];
    const [devices] = await found({ streamUris });
    expect(devices[0]?.profiles.map(({ stream_url }) => stream_url)).toEqual([null, null, null, null]);
  });

  it.each([
    ['entities', '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><Profiles>&b;</Profiles>'],
    ['elements without an end', '<a>'.repeat(50_000)],
    ['300 kB', `<x>${'x'.repeat(300_000)}</x>`],
  ])('takes %s for no answer', async (_name, profiles) => {
    const [devices] = await found({ profiles });
    expect(devices).toMatchObject([{ address: '127.0.0.1', profiles: [] }]);
  });

  it('takes an answer to another question for none', async () => {
    expect((await found({ related: 'urn:uuid:00000000-0000-4000-8000-000000000000' }))[0]).toEqual([]);
  });

  it('is done once at a time, and by admins', async () => {
    const url = `/api/clubs/${club.clubId}/cameras/discover`;
    const both = await Promise.all([club.desk.post(url, {}), club.desk.post(url, {})]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 429]);
    expect((await club.player.post(url, {})).status).toBe(403);
  });

  it.each([
    ['0.0.0.0', 422],
    ['127.0.0.1:80;x', 400],
    ['camera.example', 400],
    ['999.1.1.1', 422],
    ['127.0.0.1:0', 422],
  ])('refuses to ask %s', async (address, status) => {
    const answer = await club.desk.post(`/api/clubs/${club.clubId}/cameras/discover`, { addresses: [address] });
    expect(answer.status).toBe(status);
  });
});
