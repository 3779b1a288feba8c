import { Injectable } from '@nestjs/common';
import { LoadFigures, LoadSource } from '../health/load-figures';
import { RecordingMirror } from '../recording/recording-mirror.service';
import { isActive } from '../recording/recording-state';
import { CourtRuntime } from '../runtime/court-runtime';
import { Angles } from './angles.service';
import { SessionHealth } from './session-health';
import { SessionMirror } from './session-mirror.service';

/** Tells health how much is going on; from memory, so that it works without a database. */
@Injectable()
export class SessionLoad extends LoadSource {
  constructor(
    private readonly runtime: CourtRuntime,
    private readonly mirror: RecordingMirror,
    private readonly sessions: SessionMirror,
    private readonly health: SessionHealth,
    private readonly angles: Angles,
  ) {
    super();
  }

  figures(): LoadFigures {
    // Matches: what an angle is of is counted already.
    const open = this.runtime.openSessions().filter((id) => !this.angles.isAngle(id));
    const recordings = open.map((id) => this.runtime.recording(id)).filter((facts) => facts && isActive(facts.phase));
    return { active_sessions: open.length, active_recordings: recordings.length };
  }

  override details(): Readonly<Record<string, unknown>> {
    const ids = this.runtime.openSessions();
    const open = ids.map((id) => this.runtime.status(id));
    const viewers = ids.map((id) => this.health.viewers(id));
    return {
      unwritten_recordings: this.mirror.pending,
      unwritten_sessions: this.sessions.pending,
      // Sums only: whose sessions they are is not for the admins of other clubs.
      reconnecting_sessions: open.filter((status) => status?.state === 'reconnecting').length,
      viewers: viewers.reduce((sum, { mjpeg, live }) => sum + mjpeg + live, 0),
      slow_viewers: viewers.reduce((sum, { slow }) => sum + slow, 0),
    };
  }
}
