import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Service, ServiceOptions } from '../support/service';
import { createTestDatabase, TestDatabase } from '../support/test-database';
import { Installation, Invariants, Verdict } from './invariants';
import { Findings } from './ledger';
import { Witness } from './witness';

/** One installation whose service is started, killed and started again. */
export class FaultWorld implements Installation {
  readonly invariants: Invariants;
  private readonly services: Service[] = [];

  private constructor(
    readonly root: string,
    private readonly database: Pick<TestDatabase, 'url' | 'drop'>,
    /** What services get; where something stands between them and the database, not where tests look into it. */
    private readonly serviceDatabaseUrl: string,
  ) {
    this.invariants = new Invariants(this);
  }

  /**
   * @param options.between makes the address under which services reach the database
   * @param options.databaseUrl a database that exists and stays; default: one of its own
   * @param options.root a folder that exists; it is removed at the end
   */
  static async make(
    options: { databaseUrl?: string; between?: (databaseUrl: string) => Promise<string>; root?: string } = {},
  ): Promise<FaultWorld> {
    const { databaseUrl: given } = options;
    const database = given === undefined ? await createTestDatabase() : { url: given, drop: () => Promise.resolve() };
    const url = options.between ? await options.between(database.url) : database.url;
    return new FaultWorld(options.root ?? mkdtempSync(join(tmpdir(), 'padelvar-faults-')), database, url);
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  get videosDir(): string {
    return join(this.root, 'videos');
  }

  async start(options: ServiceOptions = {}): Promise<Service> {
    const service = await Service.start(this.root, this.serviceDatabaseUrl, options);
    this.services.push(service);
    return service;
  }

  /** What must hold of a recording that is over. */
  async filmed(found: Findings, sessionId: string, witness?: Witness): Promise<void> {
    const { violations, worstLoss } = await this.invariants.recorded(sessionId, witness);
    if (worstLoss !== null) found.lost(worstLoss);
    expect(violations).toEqual([]);
  }

  /** What must hold once nothing is under way any more; says how much was lost. */
  async atRest(found: Findings | null, witnesses: ReadonlyMap<string, Witness> = new Map()): Promise<void> {
    const files: Verdict = await this.invariants.files(witnesses);
    const left = await this.invariants.leftovers(this.services.filter(({ alive }) => alive));
    if (files.worstLoss !== null) found?.lost(files.worstLoss);
    expect([...files.violations, ...left]).toEqual([]);
  }

  async close(): Promise<void> {
    for (const service of this.services) await service.end('SIGKILL');
    await this.database.drop();
    rmSync(this.root, { recursive: true, force: true });
  }
}
