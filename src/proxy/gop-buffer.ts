import { Frame } from '../media/access-unit';

/**
 * The frames since the newest keyframe, so that a recording or a viewer starts at a keyframe at once. Bounded in bytes:
 * a group of pictures that outgrows the bound is let go, and consumers then wait for the next keyframe.
 */
export class GopBuffer {
  private group: Frame[] = [];
  private size = 0;

  constructor(private readonly maxBytes: number) {}

  /** Empty, or a keyframe and all that follow it. Valid until the next {@link push}. */
  get frames(): readonly Frame[] {
    return this.group;
  }

  get bytes(): number {
    return this.size;
  }

  /** The newest keyframe (of JPEGs: the newest picture). */
  get keyframe(): Frame | undefined {
    return this.group[0];
  }

  push(frame: Frame): void {
    if (frame.keyframe) {
      this.group = [frame];
      this.size = frame.data.length;
    } else if (this.group.length > 0) {
      if (this.size + frame.data.length > this.maxBytes) return this.clear();
      this.group.push(frame);
      this.size += frame.data.length;
    }
  }

  clear(): void {
    this.group = [];
    this.size = 0;
  }
}
