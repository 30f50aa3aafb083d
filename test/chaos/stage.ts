import { mkdirSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import type { TallyEntry } from '../../src/sandbox/tally.js';
import { eventually } from '../support/eventually.js';
import { Program, type ProgramEnd } from '../support/program.js';
import { createTenant, limitTenant, type TestTenant } from '../support/paying-tenant.js';
import { ChaosPostgres, type StartPostgres } from './chaos-postgres.js';
import { Fleet } from './fleet.js';
import { groupBy } from './group.js';

/** More than a scenario could spend, USD: what a wallet refuses is tested elsewhere. */
const PLENTY = '1000000';

export interface FleetOptions {
  /** Default: one of its own. */
  readonly dataDirectory?: string;
  /** HTTP processes. */
  readonly mains?: number;
  /** What its processes see beside the rest. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What the scripts of the project provide. */
export interface Foundation {
  /** A directory of this run, which goes away with it. */
  readonly place: string;
  readonly startPostgres: StartPostgres;
  /** Makes the tables. */
  migrate(ownerUrl: string): Promise<unknown>;
}

/** What the scenarios of a run share: Postgres, the sandbox and a filled catalogue. */
export class Stage {
  private readonly fleets: Fleet[] = [];

  private constructor(
    private readonly foundation: Foundation,
    readonly postgres: ChaosPostgres,
    private readonly sandbox: Program,
    private readonly sandboxUrl: string,
    /** The owner's connection. */
    readonly database: pg.Pool,
  ) {}

  static async open(foundation: Foundation): Promise<Stage> {
    const sandbox = new Program('dist/sandbox/main.js', { SANDBOX_PORT: '0' });
    const postgres = await ChaosPostgres.begin(foundation.startPostgres);
    try {
      await foundation.migrate(postgres.ownerUrl);
      const url = await eventually(
        async () => /"listening":"([^"]+)"/.exec(sandbox.output)?.[1] ?? '',
      );
      const database = new pg.Pool({ connectionString: postgres.ownerUrl, max: 2 });
      // Connections break when the scenarios break Postgres; the next query opens another.
      database.on('error', () => undefined);
      const stage = new Stage(foundation, postgres, sandbox, url, database);
      await stage.seed();
      return stage;
    } catch (error) {
      await Promise.all([sandbox.stop(), postgres.stop()]);
      throw error;
    }
  }

  /** An organization of its own, and gateway processes that serve it from a data directory of their own. */
  async startFleet(
    name: string,
    { dataDirectory = this.directory(name), mains = 2, environment = {} }: FleetOptions = {},
  ): Promise<Fleet> {
    const tenant = await this.createTenant(PLENTY);
    await limitTenant(this.database, tenant, PLENTY);
    const all = { ...this.environment(), ...environment, DATA_DIR: dataDirectory };
    const fleet = new Fleet(tenant, all, mains);
    this.fleets.push(fleet);
    await fleet.begin();
    return fleet;
  }

  /** A further organization. @param credit decimal USD */
  createTenant(credit: string): Promise<TestTenant> {
    return createTenant(this.database, { credit });
  }

  /** Runs the audit over all books. @returns what it found, as it prints it; empty where all holds */
  async audit(): Promise<string> {
    const { end, output } = await this.run('dist/audit.js');
    return end === 0 ? '' : output;
  }

  /** Runs one of the gateway's commands to its end. */
  async run(
    script: string,
    ...words: readonly string[]
  ): Promise<{ end: ProgramEnd; output: string }> {
    const program = new Program(script, {
      ...this.environment(),
      DATA_DIR: this.directory('command'),
      PROGRAM_ARGUMENTS: JSON.stringify(words),
    });
    return { end: await program.ended, output: program.output };
  }

  /** What the sandbox knows of the calls whose labels begin like this. */
  async tally(prefix: string): Promise<Map<string, TallyEntry[]>> {
    const response = await fetch(`${this.sandboxUrl}/tally`);
    const entries = (await response.json()) as TallyEntry[];
    const ours = entries.filter(({ id }) => id.startsWith(prefix));
    return groupBy(ours, ({ id }) => id);
  }

  /** Has gateways take the sandbox for OpenRouter, which tells afterwards what a call cost. */
  get lateReports(): Readonly<Record<string, string>> {
    return {
      OPENROUTER_API_KEY: 'sk-sandbox',
      OPENROUTER_BASE_URL: `${this.sandboxUrl}/v1`,
      ALLOW_PRIVATE_UPSTREAMS: 'true',
    };
  }

  /** What calls cost is told to nobody until it is released; whoever asks waits. */
  async reports(order: 'withhold' | 'release'): Promise<void> {
    await fetch(`${this.sandboxUrl}/generations/${order}`, { method: 'POST' });
  }

  async close(): Promise<void> {
    this.postgres.thaw();
    await Promise.all(this.fleets.map((fleet) => fleet.stop()));
    await Promise.all([this.sandbox.stop(), this.database.end()]);
    await this.postgres.stop();
  }

  /** A directory of the run's. */
  directory(name: string): string {
    const directory = path.join(this.foundation.place, name);
    mkdirSync(directory, { recursive: true });
    return directory;
  }

  private environment(): Record<string, string> {
    return {
      NODE_ENV: 'test',
      LOG_LEVEL: 'error',
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_URL: this.postgres.appUrl,
      SANDBOX_BASE_URL: `${this.sandboxUrl}/v1`,
      // A thousand calls at once are to be judged by the limits of money, on however slow a machine.
      MAX_CALLS_PER_ORGANIZATION: '100000',
      MAX_EVENT_LOOP_DELAY_MS: '600000',
    };
  }

  private async seed(): Promise<void> {
    const program = new Program('dist/seed.js', {
      ...this.environment(),
      DATA_DIR: this.directory('seed'),
    });
    const end = await program.ended;
    if (end !== 0) throw new Error(`the seed ended with ${String(end)}:\n${program.output}`);
  }
}
