import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';

/** Connections to the database, and callers that wait for one. */
export interface PoolFigures {
  readonly inUse: number;
  readonly idle: number;
  readonly waiting: number;
}

/** All 0 while there is no pool: before the start, after the end. */
export function poolFigures(source: DataSource): PoolFigures {
  // TypeORM keeps pg's pool here and gives it no type.
  const { master } = source.driver as unknown as { master?: Pool };
  if (!master) return { inUse: 0, idle: 0, waiting: 0 };
  return { inUse: master.totalCount - master.idleCount, idle: master.idleCount, waiting: master.waitingCount };
}
