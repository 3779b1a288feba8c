import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app-config';
import { CourtRuntime } from '../runtime/court-runtime';
import { overLimit } from './session-limits';

/** How many cameras this process holds or reaches for: every angle of a match is one. */
@Injectable()
export class CameraSlots {
  /** Cameras that are being reached: they count against the limit before the runtime knows them as open. */
  private readonly opening = new Set<string>();

  constructor(
    private readonly runtime: CourtRuntime,
    private readonly config: AppConfig,
  ) {}

  /** @throws ProblemException `session_limit` where no further camera is taken */
  admit(): void {
    const open = new Set([...this.runtime.openSessions(), ...this.opening]);
    if (open.size < this.config.maxSessions) return;
    throw overLimit(`All ${this.config.maxSessions} sessions of this service are in use.`);
  }

  /** Counts a session's camera as being reached while `work` is under way. */
  async during<T>(sessionId: string, work: () => Promise<T>): Promise<T> {
    this.opening.add(sessionId);
    try {
      return await work();
    } finally {
      this.opening.delete(sessionId);
    }
  }

  /** This session's camera is being reached by this process right now. */
  isOpening(sessionId: string): boolean {
    return this.opening.has(sessionId);
  }

  /** How many cameras are being reached by this process right now. */
  get connecting(): number {
    return [...this.opening].filter((id) => this.runtime.status(id) === null).length;
  }
}
