import { Leftover, listLeftovers } from '../../src/media/process';
import { Toolchain } from '../../src/media/toolchain';
import { h264Clip, MjpegCamera, MjpegClip, mjpegClip, RtspCamera } from '../cameras';
import { Api } from './api';
import { startTestClub, TestClub } from './club';
import { LiveClient, LiveMessage } from './live-client';
import { until } from './until';

/** The wire's `info` of a session. */
export interface LiveInfo {
  readonly live: boolean;
  readonly status: string;
  readonly live_viewers: number;
  readonly max_live_viewers: number;
  readonly urls: Readonly<Record<string, string>>;
  readonly health: {
    readonly proxy: string;
    readonly watching: number;
    readonly viewers: { readonly mjpeg: number; readonly live: number };
    readonly delivery: {
      readonly slow: number;
      readonly queued_bytes: number;
      readonly skipped_frames: number;
      readonly round_trip_ms: number | null;
    };
    readonly decoding: boolean;
  } | null;
}

export const MAX_VIEWERS = 40;
/** A page elsewhere that may ask. */
export const FRIEND = 'https://friend.example';
export const H264 = { width: 1280, height: 720, fps: 25, seconds: 4, gopSeconds: 1 };
export const JPEGS = { width: 1280, height: 720, fps: 10, seconds: 4 };
export const NOBODY = '00000000-0000-4000-8000-000000000000';

/** Two courts that play, one of H.264 and one of JPEGs, each with an open session of the desk's, and their viewers. */
export class LiveCourts {
  club!: TestClub;
  rtsp!: RtspCamera;
  mjpeg!: MjpegCamera;
  jpegs!: MjpegClip;
  h264Session!: string;
  mjpegSession!: string;
  private readonly clients: LiveClient[] = [];

  /** Called in a file of tests: made before them, tidied after each. */
  static use(): LiveCourts {
    const own = new LiveCourts();
    beforeAll(() => own.start());
    afterEach(() => own.hangUp());
    afterAll(() => own.close());
    return own;
  }

  /** Opens a session on a court, owned by the desk, with both players. */
  async open(court: number): Promise<string> {
    const { desk, ids } = this.club;
    const body = { terrain_id: court, player_ids: [ids.player, ids.other] };
    const answer = await desk.post<{ session: { session_id: string } }>('/api/video/session/create', body);
    expect(answer.status).toBe(201);
    return answer.body.session.session_id;
  }

  async watch(api = this.club.desk, options: { autoPong?: boolean } = {}): Promise<LiveClient> {
    const client = await LiveClient.open(this.club.service.url, api, options);
    this.clients.push(client);
    return client;
  }

  /** Somebody who has not said who they are. */
  async stranger(options: { origin?: string; path?: string } = {}): ReturnType<typeof LiveClient.dial> {
    const dialled = await LiveClient.dial(this.club.service.url, options);
    this.clients.push(dialled.client);
    return dialled;
  }

  async ticket(api: Api = this.club.desk): Promise<string> {
    const { status, body } = await api.post<{ ticket: string }>('/api/preview/ticket');
    expect(status).toBe(200);
    return body.ticket;
  }

  async info(session: string): Promise<LiveInfo> {
    return (await this.club.desk.get<LiveInfo>(`/api/preview/${session}/info`)).body;
  }

  /** FFmpeg processes of a session, by their marker. */
  async decoders(session: string): Promise<Leftover[]> {
    const all = await listLeftovers(this.club.service.app.get(Toolchain).instance);
    return all.filter((process) => process.session === session);
  }

  private async start(): Promise<void> {
    this.club = await startTestClub({ env: { MAX_LIVE_VIEWERS: String(MAX_VIEWERS), CORS_ORIGINS: FRIEND } });
    this.jpegs = await mjpegClip(JPEGS);
    this.rtsp = new RtspCamera({ clip: await h264Clip(H264) });
    this.mjpeg = new MjpegCamera({ clip: this.jpegs });
    await Promise.all([this.rtsp.start(), this.mjpeg.start()]);
    this.h264Session = await this.open(await this.club.addCourt('Court 1', this.rtsp.url));
    this.mjpegSession = await this.open(await this.club.addCourt('Court 2', this.mjpeg.url));
  }

  private async hangUp(): Promise<void> {
    for (const client of this.clients.splice(0)) client.hangUp();
    const viewers = async (session: string): Promise<number> => (await this.info(session)).live_viewers;
    await until(async () => (await viewers(this.h264Session)) + (await viewers(this.mjpegSession)) === 0);
  }

  private async close(): Promise<void> {
    await this.club?.close();
    await Promise.all([this.rtsp?.stop(), this.mjpeg?.stop()]);
  }
}

export function isState(state: string, stream: number): (message: LiveMessage) => boolean {
  return (message) => message.type === 'state' && message.stream === stream && message.state === state;
}

export function isSubscribed(message: LiveMessage): boolean {
  return message.type === 'subscribed';
}
