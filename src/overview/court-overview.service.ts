import { Injectable } from '@nestjs/common';
import { Principal } from '../auth/principal';
import { ClubsService } from '../clubs/clubs.service';
import { CameraOutages } from '../clubs/watch/camera-outages.service';
import { Clock } from '../common/clock';
import { CourtRuntime } from '../runtime/court-runtime';
import { maySee } from '../sessions/session-access';
import { BoardCourt, CourtBoard } from './court-board.service';
import { cameraNow } from './court-now';
import { CourtOutagesAnswer, CourtStatusAnswer, viewOfCamera, viewOfStatus } from './dto/court-status.dto';

/** How a club's courts do: now, and over the last weeks. */
@Injectable()
export class CourtOverview {
  constructor(
    private readonly clubs: ClubsService,
    private readonly board: CourtBoard,
    private readonly outages: CameraOutages,
    private readonly runtime: CourtRuntime,
    private readonly clock: Clock,
  ) {}

  /**
   * That a court is in use, everybody of the club sees at the court; who plays there, only who may see the session.
   * @throws ProblemException `not_found`
   */
  async status(principal: Principal, clubId: number): Promise<CourtStatusAnswer> {
    await this.clubs.require(principal, clubId, 'member');
    const now = this.clock.now();
    const courts = await this.board.ofClub(clubId, principal.userId);
    const terrains = courts.map((court) => viewOfStatus(court, visibleTo(principal, clubId, court), now));
    return { success: true, terrains, count: terrains.length };
  }

  /** @throws ProblemException `not_found` or `forbidden` (admins only) */
  async outagesOf(principal: Principal, clubId: number, days: number): Promise<CourtOutagesAnswer> {
    await this.clubs.require(principal, clubId, 'admin');
    const [courts, found] = await Promise.all([
      this.board.ofClub(clubId, principal.userId),
      this.outages.ofClub(clubId, days),
    ]);
    const now = this.clock.now();
    const terrains = courts.map((court) => ({
      terrain_id: court.id,
      name: court.name,
      camera: viewOfCamera(cameraNow(court, now)),
      last_frame_age_ms: this.lastFrameAgeMs(court, now),
      outages: found.outages
        .filter(({ courtId }) => courtId === court.id)
        .map(({ beganAt, endedAt, code }) => {
          return { began_at: beganAt.toISOString(), ended_at: endedAt?.toISOString() ?? null, code };
        }),
      offline_seconds: Math.round(found.offlineSeconds.get(court.id) ?? 0),
    }));
    return { success: true, days, terrains, count: terrains.length };
  }

  /** Of the open session; of one that another process has, only while its camera is away. */
  private lastFrameAgeMs({ play, session }: BoardCourt, now: number): number | null {
    if (!play || !session) return null;
    const here = this.runtime.status(play.sessionId);
    if (here) return Math.round(here.lastFrameAgeMs);
    return session.status === 'live' || session.lastFrameAt === null ? null : Math.max(0, now - session.lastFrameAt);
  }
}

function visibleTo(principal: Principal, clubId: number, { play }: BoardCourt): boolean {
  if (!play) return false;
  const players = play.takesPart ? [principal.userId] : [];
  return maySee(principal, { clubId, userId: play.owner.id }, players);
}
