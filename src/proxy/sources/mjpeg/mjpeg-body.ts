import { Clock } from '../../../common/clock';
import { JpegPicture } from '../../../media/access-unit';
import { CameraError } from '../../camera-error';
import { SourceLimits, SourceSink } from '../stream-source';
import { MjpegCutter } from './mjpeg-cutter';

const SINGLE_PICTURE =
  'The camera answers with a single picture, not with a stream. Give the address of its MJPEG stream (often /video or /mjpg).';

/** A body of JPEGs → pictures for a sink. */
export class MjpegBody {
  private readonly cutter: MjpegCutter;
  private held: { readonly picture: JpegPicture; readonly arrival: number } | null = null;
  private count = 0;

  /**
   * @param multipart whether the camera says so itself; else the first picture is held back until a second one shows
   * that it is a stream.
   */
  constructor(
    private readonly multipart: boolean,
    limits: SourceLimits,
    private readonly sink: SourceSink,
    private readonly clock: Clock,
  ) {
    this.cutter = new MjpegCutter({
      ...limits,
      onJpeg: (data, width, height) => this.onJpeg({ kind: 'jpeg', data, width, height }),
      onLoss: () => sink.onLoss('packets_lost'),
    });
  }

  /** @throws CameraError where it is beyond the bounds. */
  push(data: Buffer): void {
    this.cutter.push(data);
  }

  /** @throws CameraError `camera_unsupported` where it was one picture only. */
  end(): void {
    this.cutter.end();
    if (!this.multipart && this.count <= 1) throw singlePicture();
  }

  private onJpeg(picture: JpegPicture): void {
    const arrival = this.clock.monotonic();
    this.count++;
    if (!this.multipart && this.count === 1) {
      this.held = { picture, arrival };
      return;
    }
    if (this.held) {
      const { picture: first, arrival: at } = this.held;
      this.held = null;
      this.sink.onProtocol('mjpeg');
      this.sink.onAccessUnit(first, at);
    } else if (this.count === 1) this.sink.onProtocol('mjpeg');
    this.sink.onAccessUnit(picture, arrival);
  }
}

export function singlePicture(): CameraError {
  return new CameraError('camera_unsupported', SINGLE_PICTURE);
}
