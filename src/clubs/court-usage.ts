import { Injectable } from '@nestjs/common';
import { CameraFacts } from '../proxy/camera-probe';
import { SessionCamera } from './watch/camera-state';

/** A court's open session, as far as the clubs' room needs to know it. */
export interface OpenSession {
  /** UUID. */
  readonly sessionId: string;
}

/** What an open session knows of the camera: nothing is dialled to answer. */
export interface SessionCameraFacts extends CameraFacts {
  /** From dialling to the first frame of the session's first connection, in milliseconds. */
  readonly latencyMs: number;
  /** A JPEG of the newest keyframe, `null` where none can be made now. */
  readonly snapshot: Buffer | null;
}

/** A court whose open session this process moves, and how its camera does. */
export interface CameraInUse {
  readonly courtId: number;
  /** Epoch milliseconds. */
  readonly openedAt: number;
  readonly camera: SessionCamera;
}

/**
 * Port: what the sessions' room says about courts in use. Implemented and bound there (`{ provide: CourtUsage,
 * useExisting: … }`, in any module): the clubs' room finds it once the application stands, see `CourtUsageProvider`.
 */
export abstract class CourtUsage {
  /** Whether any of these courts has an open session. An empty list has none. */
  abstract hasOpenSession(courtIds: readonly number[]): Promise<boolean>;
  /** Whether this person owns an open session: in the given club, or in any where `clubId` is `null`. */
  abstract hasOpenSessionOf(userId: number, clubId: number | null): Promise<boolean>;
  /** The court's open session, or `null`. */
  abstract openSession(courtId: number): Promise<OpenSession | null>;
  /**
   * What the open session of the court's camera at this position (0: the main one) knows of it, or `null` where none is open.
   * @throws CameraError where a session is open but its camera is not answering now.
   */
  abstract factsOfOpenSession(courtId: number, position: number): Promise<SessionCameraFacts | null>;
  /** The main cameras that sessions of this process hold. */
  abstract camerasInUse(): Promise<readonly CameraInUse[]>;
}

/** Nothing is ever open: for the clubs' room on its own. */
@Injectable()
export class NoCourtUsage extends CourtUsage {
  async hasOpenSession(): Promise<boolean> {
    return false;
  }

  async hasOpenSessionOf(): Promise<boolean> {
    return false;
  }

  async openSession(): Promise<OpenSession | null> {
    return null;
  }

  async factsOfOpenSession(): Promise<SessionCameraFacts | null> {
    return null;
  }

  async camerasInUse(): Promise<readonly CameraInUse[]> {
    return [];
  }
}
