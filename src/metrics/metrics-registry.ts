import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** A part of the metrics that is read when somebody asks. */
export interface Collector {
  collect(): void | Promise<void>;
}

/** This service's metrics; a registry of its own, so that two services in one process (tests) do not share figures. */
@Injectable()
export class MetricsRegistry {
  private readonly registry = new Registry();
  private readonly collectors: Collector[] = [];

  get contentType(): string {
    return this.registry.contentType;
  }

  /** @param collector is asked before each reading */
  add(collector: Collector): void {
    this.collectors.push(collector);
  }

  gauge<L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  counter<L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  histogram<L extends string = never>(
    name: string,
    help: string,
    buckets: readonly number[],
    labelNames: readonly L[] = [],
  ): Histogram<L> {
    return new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.registry] });
  }

  /** A counter whose value is known elsewhere, as a sum. */
  total(name: string, help: string): (sum: number) => void {
    const counter = this.counter(name, help);
    return (sum) => {
      counter.reset();
      counter.inc(sum);
    };
  }

  /** All of it, as text in Prometheus's format (version 0.0.4). */
  async read(): Promise<string> {
    await Promise.all(this.collectors.map(async (collector) => collector.collect()));
    return this.registry.metrics();
  }
}
