import { randomUUID } from 'node:crypto';
import { Injectable, OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { ProblemException } from '../../common/problem';
import { within } from '../../common/within';
import { AppConfig } from '../../config/app-config';
import { CameraError } from '../../proxy/camera-error';
import { CameraProbe } from '../../proxy/camera-probe';
import { CamerasService } from '../cameras.service';
import { CourtUsageProvider } from '../court-usage.provider';
import { afterLook, CameraLook } from './camera-state';
import { CameraStates, CameraStep } from './camera-states.service';

/** How often a look asks whether a session was opened on its court in another process. */
const ASK_MS = 250;
/** Whoever needs the camera waits at most so long for a look to end: enough for one in another process. */
const PATIENCE_MS = 1_500;
const AGAIN_MS = 50;
/** A look takes at most: a name to resolve, an answer, a picture, and good-bye. */
const LEASE_TIMEOUTS = 3;
const LEASE_SPARE_SECONDS = 10;

/** A look under way in this process. */
interface UnderWay {
  readonly id: string;
  readonly abort: AbortController;
  /** Settles when its connection is gone. */
  readonly ended: Promise<unknown>;
}

/** What came of a look. `step` `null`: it gave way, or the court has another camera by now, or none. */
export interface LookOutcome {
  readonly courtId: number;
  readonly step: CameraStep | null;
}

/**
 * Dials cameras of courts that nobody plays on, one connection for one picture. A camera may allow one connection only, so
 * a look gives way to whoever needs the camera, in this process and in others. Invariant: a look stands in the court's row
 * before it asks whether a session is open, and a session stands in its row before it asks whether there is a look: one of
 * them sees the other.
 */
@Injectable()
export class CameraLooks implements OnModuleDestroy {
  private readonly underWay = new Map<number, UnderWay>();
  /** Courts whose camera somebody else dials, by how many do. */
  private readonly taken = new Map<number, number>();
  private ended = false;

  constructor(
    private readonly states: CameraStates,
    private readonly cameras: CamerasService,
    private readonly usage: CourtUsageProvider,
    private readonly probe: CameraProbe,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** Ends all looks: the task that makes them is waited for. */
  async onModuleDestroy(): Promise<void> {
    this.ended = true;
    for (const { abort } of this.underWay.values()) abort.abort();
    await Promise.all([...this.underWay.values()].map(({ ended }) => ended));
  }

  /** Looks at the camera whose turn it is. `null`: it is no camera's turn. */
  async next(): Promise<LookOutcome | null> {
    if (this.ended) return null;
    const { cameraWatchSeconds, cameraTimeoutSeconds } = this.config;
    const id = randomUUID();
    const lease = LEASE_TIMEOUTS * cameraTimeoutSeconds + LEASE_SPARE_SECONDS;
    const courtId = await this.states.claim(id, cameraWatchSeconds, lease);
    if (courtId === null) return null;
    try {
      const look = await this.look(courtId, id);
      const step =
        look && (await this.states.step(courtId, (state, now) => afterLook(state, { ...look, at: now }), id));
      return { courtId, step };
    } finally {
      await this.states.release(id);
    }
  }

  /**
   * Ends a look at this court's camera; settles when its connection is gone, or after a short while. Never throws: whoever
   * needs the camera dials it in any case.
   */
  async giveWay(courtId: number): Promise<void> {
    if (this.config.cameraWatchSeconds === 0) return;
    const own = this.underWay.get(courtId);
    own?.abort.abort();
    let waiting = true;
    const gone = async (): Promise<void> => {
      await own?.ended;
      while (waiting && (await this.states.isLookedAt(courtId, own?.id ?? null))) await this.pause(AGAIN_MS);
    };
    await within(this.clock, PATIENCE_MS, gone(), undefined);
    waiting = false;
  }

  /** Does something with a court's camera for which no session stands; meanwhile no look at it begins here. */
  async apart<T>(courtId: number, work: () => Promise<T>): Promise<T> {
    this.taken.set(courtId, (this.taken.get(courtId) ?? 0) + 1);
    try {
      await this.giveWay(courtId);
      return await work();
    } finally {
      const others = (this.taken.get(courtId) ?? 1) - 1;
      if (others === 0) this.taken.delete(courtId);
      else this.taken.set(courtId, others);
    }
  }

  /** `null`: it gave way, or there is no camera. */
  private async look(courtId: number, id: string): Promise<Pick<CameraLook, 'code'> | null> {
    const abort = new AbortController();
    const looking = this.dial(courtId, abort);
    this.underWay.set(courtId, { id, abort, ended: looking.catch(() => undefined) });
    try {
      return await looking;
    } finally {
      this.underWay.delete(courtId);
    }
  }

  private async dial(courtId: number, abort: AbortController): Promise<Pick<CameraLook, 'code'> | null> {
    const { signal } = abort;
    let stopAsking = (): void => undefined;
    try {
      if (await this.isNeeded(courtId)) return null;
      const { cameraUrl, cameraNetworks } = await this.cameras.accessTo(courtId);
      if (signal.aborted) return null;
      stopAsking = this.askAgain(courtId, abort);
      await this.probe.look(cameraUrl, cameraNetworks, signal);
      return { code: null };
    } catch (error) {
      if (signal.aborted) return null;
      // An address that no key opens: the camera is as good as away, and the log says why.
      if (error instanceof ProblemException) return error.code === 'not_found' ? null : { code: error.code };
      if (error instanceof CameraError) return { code: error.code };
      throw error;
    } finally {
      stopAsking();
    }
  }

  private async isNeeded(courtId: number): Promise<boolean> {
    if (this.ended || this.taken.has(courtId)) return true;
    return (await this.usage.get().openSession(courtId)) !== null;
  }

  /** Ends the look as soon as the camera is needed. @returns stops asking */
  private askAgain(courtId: number, abort: AbortController): () => void {
    let over = false;
    const ask = async (): Promise<void> => {
      // While the database is away nobody opens a session.
      if (!over && (await this.isNeeded(courtId).catch(() => false))) abort.abort();
      else if (!over) cancel = this.clock.after(ASK_MS, () => void ask());
    };
    let cancel = this.clock.after(ASK_MS, () => void ask());
    return () => {
      over = true;
      cancel();
    };
  }

  private async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.clock.after(ms, resolve));
  }
}
