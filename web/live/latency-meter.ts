export interface Latency {
  /** Milliseconds from a picture's arrival at the service to its being shown here. */
  readonly median: number;
  readonly p95: number;
}

/** How far what is shown lies behind, over the last pictures. */
export class LatencyMeter {
  private readonly values: number[] = [];
  private next = 0;

  constructor(private readonly size = 100) {}

  add(milliseconds: number): void {
    if (!Number.isFinite(milliseconds)) return;
    this.values[this.next] = milliseconds;
    this.next = (this.next + 1) % this.size;
  }

  clear(): void {
    this.values.length = 0;
    this.next = 0;
  }

  /** `null` while nothing was measured. */
  read(): Latency | null {
    if (this.values.length === 0) return null;
    const sorted = [...this.values].sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return { median: at(0.5), p95: at(0.95) };
  }
}
