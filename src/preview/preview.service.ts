import { Injectable } from '@nestjs/common';
import { Observable } from 'rxjs';
import { Principal } from '../auth/principal';
import { ProblemException } from '../common/problem';
import { CourtPicture, CourtRuntime, CourtStatus } from '../runtime/court-runtime';
import { SessionsService } from '../sessions/sessions.service';
import { PreviewInfo } from './dto/preview.dto';
import { LIVE_PATH } from './live/live-protocol';
import { LiveSlots, ViewerSlots } from './viewer-slots';

/** A viewer's place: the pictures, and how to give the place back. */
export interface Seat {
  readonly pictures: Observable<CourtPicture>;
  readonly leave: () => void;
}

/** Who may watch which session, and what there is to see. */
@Injectable()
export class PreviewService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly runtime: CourtRuntime,
    private readonly slots: ViewerSlots,
    private readonly liveSlots: LiveSlots,
  ) {}

  /**
   * Also for a session that is over or not there yet: `live` is false then.
   * @throws ProblemException `not_found`
   */
  async info(principal: Principal, id: string): Promise<PreviewInfo> {
    const session = await this.sessions.view(principal, id);
    const status = this.runtime.status(id);
    const { codec, width, height, fps } = session.camera;
    return {
      session_id: id,
      status: session.status,
      live: status !== null && session.status === 'live',
      codec,
      width,
      height,
      fps,
      viewers: this.slots.count(id),
      max_viewers: this.slots.max,
      live_viewers: this.liveSlots.count(id),
      max_live_viewers: this.liveSlots.max,
      last_frame_age_ms: status && Math.round(status.lastFrameAgeMs),
      urls: {
        mjpeg: `/api/preview/${id}/stream.mjpeg`,
        snapshot: `/api/preview/${id}/snapshot.jpg`,
        live: LIVE_PATH,
        review: `/api/preview/${id}/review.m3u8`,
      },
      health: session.health,
    };
  }

  /**
   * The newest picture (of an H.264 court: the newest keyframe), made without a running decoder and kept for a second.
   * @throws ProblemException `not_found`; `session_not_live` where no camera gives pictures now: an old one would be
   * taken for the court as it is; `overloaded` where none could be made.
   */
  async snapshot(principal: Principal, id: string): Promise<Buffer> {
    await this.sessions.require(principal, id, 'see');
    if (this.requireOpen(id).state !== 'live') {
      throw new ProblemException('session_not_live', 'The camera is away; the session keeps trying to reach it.');
    }
    const jpeg = await this.runtime.snapshot(id);
    if (jpeg) return jpeg;
    throw new ProblemException('overloaded', 'No picture could be made now.', { retryAfterSeconds: 1 });
  }

  /**
   * A place among the session's viewers. While the camera is away there are places too: pictures come when it is back.
   * @throws ProblemException `not_found`, `session_not_live` (not open), `viewer_limit`.
   */
  async seat(principal: Principal, id: string): Promise<Seat> {
    await this.sessions.require(principal, id, 'see');
    this.requireOpen(id);
    const leave = this.slots.take(id);
    const pictures = this.runtime.pictures(id);
    if (pictures) return { pictures, leave };
    leave();
    throw new ProblemException('session_not_live', NOT_OPEN);
  }

  /** What a stream would answer, for whoever asks with HEAD. */
  async look(principal: Principal, id: string): Promise<void> {
    await this.sessions.require(principal, id, 'see');
    this.requireOpen(id);
  }

  private requireOpen(id: string): CourtStatus {
    const status = this.runtime.status(id);
    if (!status) throw new ProblemException('session_not_live', NOT_OPEN);
    return status;
  }
}

const NOT_OPEN = 'The session is not open: nothing can be watched.';
