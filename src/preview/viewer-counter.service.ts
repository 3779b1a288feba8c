import { Injectable } from '@nestjs/common';
import { ViewerFigures, ViewerSource } from '../sessions/viewer-figures';
import { LiveHub } from './live/live-hub.service';
import { ViewerSlots } from './viewer-slots';

/** Tells the sessions' room who watches. */
@Injectable()
export class ViewerCounter extends ViewerSource {
  constructor(
    private readonly slots: ViewerSlots,
    private readonly hub: LiveHub,
  ) {
    super();
  }

  figures(sessionId: string): ViewerFigures {
    const { viewers: live, ...delivery } = this.hub.figures(sessionId);
    return { mjpeg: this.slots.count(sessionId), live, ...delivery };
  }
}
