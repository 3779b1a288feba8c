import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { TICKS_PER_SECOND } from '../media/access-unit';
import { frameFragment } from '../media/fmp4/fragment';
import { buildInitSegment } from '../media/fmp4/init-segment';
import { makeSnapshot } from '../media/snapshot';
import { Toolchain } from '../media/toolchain';
import { CameraProxy } from './camera-proxy';

/** A decoded keyframe is good for this long. */
const FRESH_MS = 1_000;

interface Cached {
  readonly at: number;
  readonly jpeg: Promise<Buffer>;
}

/**
 * The newest picture of a camera as JPEG: the camera's own, or its newest keyframe decoded in a child that lives for it
 * alone. No decoder runs between requests; requests within a second share one.
 */
@Injectable()
export class CameraSnapshots {
  private readonly cache = new WeakMap<CameraProxy, Cached>();

  constructor(
    private readonly toolchain: Toolchain,
    private readonly clock: Clock,
  ) {}

  /**
   * @param session whom it is for; stands in the decoder's arguments
   * @throws SnapshotError where there is no picture or none can be made.
   */
  of(proxy: CameraProxy, session: string): Promise<Buffer> {
    const now = this.clock.monotonic();
    const cached = this.cache.get(proxy);
    if (cached && now - cached.at < FRESH_MS) return cached.jpeg;
    const jpeg = this.make(proxy, session);
    this.cache.set(proxy, { at: now, jpeg });
    // A failure is nothing to share.
    jpeg.catch(() => this.cache.delete(proxy));
    return jpeg;
  }

  private async make(proxy: CameraProxy, session: string): Promise<Buffer> {
    const [keyframe] = proxy.gopFrames;
    if (!keyframe) throw new Error('no picture yet');
    if (keyframe.kind === 'jpeg') return keyframe.data;
    const fragment = frameFragment(keyframe, TICKS_PER_SECOND / 25);
    const stream = Buffer.concat([buildInitSegment(keyframe.config), fragment]);
    return makeSnapshot(stream, { ffmpeg: this.toolchain, session });
  }
}
