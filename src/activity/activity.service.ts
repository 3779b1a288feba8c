import { Injectable } from '@nestjs/common';
import { authorOf } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { Clock } from '../common/clock';
import { ProblemException } from '../common/problem';
import { RecordingLog } from '../recording/recording-log.service';
import { RecordingStops } from '../recording/recording-stops.service';
import { RecordingView } from '../recording/recording-view';
import { SessionsService } from '../sessions/sessions.service';
import { intoBuckets } from './activity-buckets';
import { ActivityLog } from './activity-log.service';
import { AutoStopNews } from './auto-stop-news.service';
import { ActivityAnswer } from './dto/activity.dto';

/** How much moved in matches, for those who may watch them; and matches that are to go on, by those who may stop them. */
@Injectable()
export class ActivityService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly recordings: RecordingLog,
    private readonly stops: RecordingStops,
    private readonly log: ActivityLog,
    private readonly news: AutoStopNews,
    private readonly clock: Clock,
  ) {}

  /**
   * @param buckets how many points at most; default: one a second
   * @throws ProblemException `not_found`
   */
  async of(principal: Principal, sessionId: string, buckets?: number): Promise<ActivityAnswer> {
    await this.sessions.require(principal, sessionId, 'see');
    const [scores, recording] = await Promise.all([this.log.scoresOf(sessionId), this.recordings.viewOf(sessionId)]);
    // As long as the film: what is behind the last score is not known.
    const seconds = scores.some((score) => score !== null) ? Math.ceil(recording?.duration_seconds ?? 0) : 0;
    scores.length = Math.min(scores.length, seconds);
    while (scores.length < seconds) scores.push(null);
    const { bucketSeconds, points } = intoBuckets(scores, buckets ?? Infinity);
    const idle = recording?.idle_tail_seconds ?? null;
    return {
      ...{ success: true, session_id: sessionId, seconds, bucket_seconds: bucketSeconds },
      ...{ scores: points, idle_tail_seconds: idle },
    };
  }

  /** @throws ProblemException `not_found`, `is_an_angle`, `forbidden`, `not_recording` */
  async keep(principal: Principal, sessionId: string, caller: Caller): Promise<RecordingView> {
    await this.sessions.require(principal, sessionId, 'run');
    const kept = await this.stops.keep(sessionId, new Date(this.clock.now()), authorOf(principal, caller));
    if (!kept) throw new ProblemException('not_recording');
    this.news.tell({ sessionId, at: null });
    return (await this.recordings.viewOf(sessionId)) as RecordingView;
  }
}
