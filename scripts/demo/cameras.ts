import { CameraServer, h264Clip, HttpCamera, mjpegClip, MjpegCamera, RtspCamera } from '../../test/cameras';

export interface DemoCamera {
  readonly name: string;
  readonly kind: string;
  readonly camera: CameraServer;
}

const PICTURE = { width: 1280, height: 720, fps: 25, seconds: 10, gopSeconds: 2 };

/** One running camera of each kind a club may have. */
export async function demoCameras(): Promise<DemoCamera[]> {
  // One clip after the other: drawing takes a core.
  const clip = await h264Clip(PICTURE);
  const pictures = await mjpegClip({ ...PICTURE, width: 640, height: 360 });
  const login = { username: 'court', password: 'p@del-var' } as const;
  const cameras: DemoCamera[] = [
    { name: 'Court 1', kind: 'RTSP, H.264', camera: new RtspCamera({ clip, auth: 'digest', ...login }) },
    { name: 'Court 2', kind: 'MJPEG', camera: new MjpegCamera({ clip: pictures }) },
    { name: 'Court 3', kind: 'MPEG-TS over HTTP', camera: new HttpCamera({ clip }) },
  ];
  await Promise.all(cameras.map(({ camera }) => camera.start()));
  return cameras;
}
