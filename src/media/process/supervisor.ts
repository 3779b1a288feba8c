import { Cancel, Clock } from '../../common/clock';
import { ChildExit, ManagedChild, StopLadder } from './managed-child';

/** Pauses before the 1st, 2nd … restart in milliseconds; the last one repeats. */
export const RESTART_PAUSES_MS: readonly number[] = [0, 1_000, 2_000, 5_000, 10_000, 30_000];

/** A child that ran this long counts as sound: the next restart is immediate again. */
const SOUND_AFTER_MS = 60_000;

export interface SupervisorOptions {
  readonly clock: Clock;
  /** Starts one run and wires it up; `generation` counts 1, 2, 3 … . Whatever it hears later, it asks {@link Supervisor.isCurrent}. */
  readonly start: (generation: number) => ManagedChild;
  /** A current run ended and was not asked to; a restart follows after `pauseMs`. */
  readonly onExit?: (exit: ChildExit, generation: number, pauseMs: number) => void;
  readonly pausesMs?: readonly number[];
}

/**
 * Keeps one child running until it is told to stop: restarts with tiered, capped, interruptible pauses. A superseded
 * run's events change nothing.
 */
export class Supervisor {
  private current: ManagedChild | null = null;
  private generation = 0;
  private failures = 0;
  private startedAt = 0;
  private stopped = true;
  private pause: Cancel | null = null;

  constructor(private readonly options: SupervisorOptions) {}

  /** The run that counts, `null` between runs. */
  get child(): ManagedChild | null {
    return this.current;
  }

  /** How often a child was started again after the first time. */
  get restarts(): number {
    return Math.max(0, this.generation - 1);
  }

  isCurrent(generation: number): boolean {
    return generation === this.generation && this.current !== null;
  }

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.launch();
  }

  /** Supersedes the current run, which is killed, as if it had died by itself. Does nothing between runs. */
  replace(): void {
    const child = this.current;
    if (!child || this.stopped) return;
    void child.kill();
  }

  /** Ends the pause of a restart early. */
  hurry(): void {
    if (!this.pause) return;
    this.pause();
    this.launch();
  }

  /**
   * Ends the child by the ladder and restarts no more. Its output still counts as current while it ends.
   * @returns how the last run ended, `null` where none was running.
   */
  async stop(ladder?: Partial<StopLadder>): Promise<ChildExit | null> {
    this.stopped = true;
    this.pause?.();
    this.pause = null;
    const child = this.current;
    if (!child) return null;
    const exit = await child.stop(ladder);
    if (this.current === child) this.current = null;
    return exit;
  }

  private launch(): void {
    this.pause = null;
    const generation = ++this.generation;
    this.startedAt = this.options.clock.monotonic();
    const child = this.options.start(generation);
    this.current = child;
    void child.exited.then((exit) => this.onExit(child, generation, exit));
  }

  private onExit(child: ManagedChild, generation: number, exit: ChildExit): void {
    if (this.stopped || this.current !== child) return;
    this.current = null;
    if (this.options.clock.monotonic() - this.startedAt >= SOUND_AFTER_MS) this.failures = 0;
    const pauses = this.options.pausesMs ?? RESTART_PAUSES_MS;
    const pauseMs = pauses[Math.min(this.failures, pauses.length - 1)] ?? 0;
    this.failures++;
    this.options.onExit?.(exit, generation, pauseMs);
    if (this.stopped) return;
    if (pauseMs === 0) this.launch();
    else this.pause = this.options.clock.after(pauseMs, () => this.launch());
  }
}
