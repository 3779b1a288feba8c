import { CameraServer, h264Clip, HttpCamera, mjpegClip, MjpegCamera, RtspCamera } from '../../test/cameras';

export interface DemoCamera {
  readonly name: string;
  readonly kind: string;
  readonly camera: CameraServer;
  /** A second one at the same court. */
  readonly further?: { readonly name: string; readonly camera: CameraServer };
}

const PICTURE = { width: 1280, height: 720, fps: 25, seconds: 10, gopSeconds: 2 };

/** One running camera of each kind a club may have. */
export async function demoCameras(): Promise<DemoCamera[]> {
  // One clip after the other: drawing takes a core.
  const clip = await h264Clip(PICTURE);
  const pictures = await mjpegClip({ ...PICTURE, width: 640, height: 360 });
  const small = await h264Clip({ ...PICTURE, width: 640, height: 360 });
  const back = { name: 'Back wall', camera: new RtspCamera({ clip: small }) };
  const login = { username: 'court', password: 'p@del-var' } as const;
  const cameras: DemoCamera[] = [
    {
      ...{ name: 'Court 1', kind: 'RTSP, H.264, from two angles' },
      ...{ camera: new RtspCamera({ clip, auth: 'digest', ...login }), further: back },
    },
    { name: 'Court 2', kind: 'MJPEG', camera: new MjpegCamera({ clip: pictures }) },
    { name: 'Court 3', kind: 'MPEG-TS over HTTP', camera: new HttpCamera({ clip }) },
  ];
  await Promise.all(serversOf(cameras).map((server) => server.start()));
  return cameras;
}

/** All that is to be started and stopped. */
export function serversOf(cameras: readonly DemoCamera[]): CameraServer[] {
  return cameras.flatMap(({ camera, further }) => (further ? [camera, further.camera] : [camera]));
}
