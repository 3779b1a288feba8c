import { Injectable } from '@nestjs/common';
import { LoadFigures, LoadSource } from '../health/load-figures';
import { RecordingMirror } from '../recording/recording-mirror.service';
import { isActive } from '../recording/recording-state';
import { CourtRuntime } from '../runtime/court-runtime';

/** Tells health how much is going on; from memory, so that it works without a database. */
@Injectable()
export class SessionLoad extends LoadSource {
  constructor(
    private readonly runtime: CourtRuntime,
    private readonly mirror: RecordingMirror,
  ) {
    super();
  }

  figures(): LoadFigures {
    const open = this.runtime.openSessions();
    const recordings = open.map((id) => this.runtime.recording(id)).filter((facts) => facts && isActive(facts.phase));
    return { active_sessions: open.length, active_recordings: recordings.length };
  }

  override details(): Readonly<Record<string, unknown>> {
    const open = this.runtime.openSessions().map((id) => this.runtime.status(id));
    return {
      unwritten_recordings: this.mirror.pending,
      // Sums only: whose sessions they are is not for the admins of other clubs.
      reconnecting_sessions: open.filter((status) => status?.state === 'reconnecting').length,
      viewers: open.reduce((sum, status) => sum + (status?.viewers ?? 0), 0),
    };
  }
}
