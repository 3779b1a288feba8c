import { Injectable } from '@nestjs/common';
import { CameraInUse, CourtUsage, OpenSession, SessionCameraFacts } from '../clubs/court-usage';
import { CourtRuntime } from '../runtime/court-runtime';
import { CameraError } from '../proxy/camera-error';
import { isOpen } from './session-state';
import { SessionStore } from './session-store';

/** What the clubs' room and health may know of sessions. */
@Injectable()
export class OpenSessions extends CourtUsage {
  constructor(
    private readonly store: SessionStore,
    private readonly runtime: CourtRuntime,
  ) {
    super();
  }

  async hasOpenSession(courtIds: readonly number[]): Promise<boolean> {
    return (await this.store.openOnCourts(courtIds)).length > 0;
  }

  async hasOpenSessionOf(userId: number, clubId: number | null): Promise<boolean> {
    const open = await this.store.openOf(userId);
    return open.some((session) => clubId === null || session.clubId === clubId);
  }

  async openSession(courtId: number): Promise<OpenSession | null> {
    const [session] = await this.store.openOnCourts([courtId]);
    return session ? { sessionId: session.id } : null;
  }

  async factsOfOpenSession(courtId: number, position: number): Promise<SessionCameraFacts | null> {
    const session = await this.store.openAt(courtId, position);
    const status = session && this.runtime.status(session.id);
    if (!session || !status) return null;
    if (status.state !== 'live') {
      throw new CameraError(
        'camera_unreachable',
        status.error?.message ?? 'The camera is away; the session keeps trying.',
      );
    }
    const snapshot = await this.runtime.snapshot(session.id);
    return { ...status.facts, latencyMs: status.latencyMs, snapshot };
  }

  async camerasInUse(): Promise<readonly CameraInUse[]> {
    const rows = await this.store.findAll(this.runtime.openSessions());
    return rows.flatMap((row) => {
      const status = isOpen(row.status) && row.angleOf === null ? this.runtime.status(row.id) : null;
      if (!status) return [];
      const { state, since, lastFrameAt, error } = status;
      const camera = { live: state === 'live', since, lastFrameAt, code: error?.code ?? null };
      return [{ courtId: row.courtId, openedAt: row.createdAt.getTime(), camera }];
    });
  }
}
