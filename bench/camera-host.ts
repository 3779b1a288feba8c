import {
  CameraServer,
  ClipParameters,
  followPictures,
  h264Clip,
  mjpegClip,
  MjpegCamera,
  RtspBehaviour,
  RtspCamera,
  TakenPicture,
} from '../test/cameras';
import { serve } from './worker';

export interface CameraSpec {
  readonly count: number;
  readonly kind: 'rtsp' | 'mjpeg';
  readonly clip: Partial<Omit<ClipParameters, 'codec'>>;
  /** First picture for a client (RTSP): the next keyframe, or the last group of pictures at once. */
  readonly start?: 'keyframe' | 'gop';
  /** How long a picture is under way, and whether the camera tells its clock (RTSP). */
  readonly behaviour?: Partial<Pick<RtspBehaviour, 'wayMs' | 'wayJitterMs' | 'senderReportMs' | 'firstReportMs'>>;
}

/** A client of a camera, in monotonic milliseconds of the machine. */
export interface ClientTimes {
  /** PLAY was obeyed. */
  readonly playAt: number;
  /** The first picture was handed to the kernel. */
  readonly firstFrameAt: number;
}

/** A picture that a camera sent: what its time bars show, and when, in monotonic milliseconds of the machine. */
export interface SentPicture {
  readonly bars: number;
  readonly at: number;
}

/** More than any latency that is measured can lie back. */
const REMEMBERED_PICTURES = 250 * 60 * 3;

const taken = new Map<string, TakenPicture[]>();
const sent = new Map<string, SentPicture[]>();
const cameras = new Map<string, CameraServer>();
const clients = new Map<string, { playAt: number; firstFrameAt: number | null }>();

async function make({ kind, clip, start, behaviour }: CameraSpec): Promise<CameraServer> {
  if (kind === 'mjpeg') return new MjpegCamera({ clip: await mjpegClip(clip) });
  return new RtspCamera({ clip: await h264Clip(clip), start: start ?? 'keyframe', ...behaviour });
}

/** The process in which all cameras run: its CPU counts for nobody. */
const methods = {
  /** Starts cameras, each at a time of its own within a second; gives their URLs. */
  async start(spec: CameraSpec): Promise<string[]> {
    return Promise.all(
      Array.from({ length: spec.count }, async (_, i) => {
        const camera = await make(spec);
        // Keyframes of different cameras do not fall together, as little as they do in a club.
        await new Promise((resolve) => setTimeout(resolve, (i * 1000) / spec.count));
        await camera.start();
        cameras.set(camera.url, camera);
        return camera.url;
      }),
    );
  },

  /** From now on the first picture of the next client is timed. */
  timeNextClient(url: string): void {
    const camera = cameras.get(url) as CameraServer;
    clients.delete(url);
    camera.once('play', () => {
      const times = { playAt: Number(process.hrtime.bigint()) / 1e6, firstFrameAt: null as number | null };
      clients.set(url, times);
      const onFrame = ({ at, clients: served }: { at: number; clients: number }): void => {
        if (served === 0) return;
        times.firstFrameAt = at;
        camera.off('frame', onFrame);
      };
      camera.on('frame', onFrame);
    });
  },

  clientTimes(url: string): ClientTimes | null {
    const times = clients.get(url);
    return times === undefined || times.firstFrameAt === null
      ? null
      : { playAt: times.playAt, firstFrameAt: times.firstFrameAt };
  },

  /** From now on it is remembered what this camera sends. */
  follow(url: string): void {
    const pictures: SentPicture[] = [];
    sent.set(url, pictures);
    (cameras.get(url) as CameraServer).on('frame', ({ bars, at }) => {
      pictures.push({ bars, at });
      if (pictures.length > REMEMBERED_PICTURES) pictures.shift();
    });
  },

  /** From now on it is remembered when this camera takes its pictures. */
  followPictures(url: string): void {
    taken.set(url, followPictures(cameras.get(url) as CameraServer));
  },

  takenPictures(url: string): TakenPicture[] {
    return taken.get(url) ?? [];
  },

  sentPictures(url: string): SentPicture[] {
    return sent.get(url) ?? [];
  },

  /** Ends the camera's connections and takes none for so long. */
  async cut({ url, refuseMs }: { url: string; refuseMs: number }): Promise<void> {
    await (cameras.get(url) as CameraServer).cut({ refuseMs });
  },

  async stop(urls: readonly string[]): Promise<void> {
    await Promise.all(
      urls.map(async (url) => {
        await cameras.get(url)?.stop();
        cameras.delete(url);
        taken.delete(url);
      }),
    );
  },
};

export type CameraHost = typeof methods;

serve(methods, () => methods.stop([...cameras.keys()]));
