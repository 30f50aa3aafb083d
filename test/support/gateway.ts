import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { createTestDatabase } from './database.js';
import { Program } from './program.js';

export type Variables = Readonly<Record<string, string>>;

/** What the seed makes otherwise because of them. */
const SEED_SETTINGS = ['NODE_ENV', 'ADMIN_TOKEN', 'SEED_API_KEY'];

export interface GatewayOptions {
  /** Beside, or in place of, what every test gateway gets. */
  readonly environment?: Variables;
  /** The programs log in with one role for everything. */
  readonly oneRole?: boolean;
}

/** A main process and where it listens. */
export interface RunningMain {
  /** Without a trailing slash. */
  readonly url: string;
  readonly program: Program;
}

/** The built gateway on a database, a data directory and a sandbox of its own. */
export class TestGateway {
  #main: RunningMain | undefined;
  #worker: Program | undefined;
  readonly #programs: Program[] = [];

  constructor(
    readonly apiKey: string,
    readonly adminToken: string,
    readonly sandbox: Sandbox,
    /** The owner's connection to the gateway's database. */
    readonly database: pg.Pool,
    readonly environment: Variables,
    private readonly cleanUp: () => Promise<void>,
  ) {}

  /** The main process that was started last. */
  get main(): RunningMain {
    if (!this.#main) throw new Error('no main process was started');
    return this.#main;
  }

  get worker(): Program {
    if (!this.#worker) throw new Error('no worker process was started');
    return this.#worker;
  }

  /** Address of the main process that was started last, without a trailing slash. */
  get url(): string {
    return this.main.url;
  }

  /** Starts a main process on a free port; others go on running. Resolves when it listens. */
  async startMain(environment: Variables = {}): Promise<RunningMain> {
    const program = this.start('dist/main.js', environment);
    const { listening } = await program.ready();
    this.#main = { program, url: String(listening).replace(/\/$/, '') };
    return this.#main;
  }

  /** Starts a worker process. Resolves when it posts. */
  async startWorker(): Promise<Program> {
    this.#worker = this.start('dist/worker.js', {});
    await this.#worker.ready();
    return this.#worker;
  }

  /** Everything that its processes printed so far. */
  logs(): string {
    return this.#programs.map((program) => program.output).join('');
  }

  /** Ends all its processes and removes its data. */
  async stop(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.stop()));
    await this.cleanUp();
  }

  private start(script: string, environment: Variables): Program {
    const program = new Program(script, { ...this.environment, ...environment });
    this.#programs.push(program);
    return program;
  }
}

/** Starts the gateway for one spec file: seeded database, sandbox, main and worker. Takes about two seconds. */
export async function startGateway(options: GatewayOptions = {}): Promise<TestGateway> {
  const gateway = await prepareGateway(options);
  try {
    await Promise.all([gateway.startMain(), gateway.startWorker()]);
    return gateway;
  } catch (error) {
    await gateway.stop();
    throw error;
  }
}

/** The same, with no process running yet. */
export async function prepareGateway(options: GatewayOptions = {}): Promise<TestGateway> {
  const seeded = seededTenant(options);
  const [testDatabase, sandbox] = await Promise.all([
    createTestDatabase(seeded ? 'seeded' : 'empty'),
    startSandbox(),
  ]);
  const dataDirectory = mkdtempSync(path.join(tmpdir(), 'osm-e2e-'));
  const database = new pg.Pool({ connectionString: testDatabase.url, max: 2 });
  // The database goes before the pool has closed its last connection.
  database.on('error', () => undefined);
  const cleanUp = async (): Promise<void> => {
    await Promise.all([sandbox.close(), database.end()]);
    await testDatabase.drop();
    rmSync(dataDirectory, { recursive: true, force: true });
  };
  const environment: Variables = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'warn',
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: dataDirectory,
    DATABASE_URL: options.oneRole ? testDatabase.url : testDatabase.appUrl,
    SANDBOX_BASE_URL: `${sandbox.url}/v1`,
    // A busy machine turns nobody away, and no test waits for a balancer.
    MAX_EVENT_LOOP_DELAY_MS: '600000',
    SHUTDOWN_GRACE_MS: '0',
    ...options.environment,
  };
  try {
    const { apiKey, adminToken } = seeded ?? (await seed(environment));
    return new TestGateway(apiKey, adminToken, sandbox, database, environment, cleanUp);
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

interface FirstTenant {
  readonly apiKey: string;
  readonly adminToken: string;
}

/** The tenant that `npm test` has seeded, unless the environment asks for a seed of its own. */
function seededTenant({ environment = {} }: GatewayOptions): FirstTenant | undefined {
  const { TEST_SEEDED_API_KEY: apiKey, TEST_SEEDED_ADMIN_TOKEN: adminToken } = process.env;
  if (!apiKey || !adminToken) return undefined;
  return SEED_SETTINGS.some((name) => name in environment) ? undefined : { apiKey, adminToken };
}

/** Fills the catalogue and makes the first organization; its key and token are what the seed prints. */
async function seed(environment: Variables): Promise<FirstTenant> {
  const program = new Program('dist/seed.js', environment);
  const end = await program.ended;
  const [apiKey] = /osm_[0-9A-Za-z]{46}/.exec(program.output) ?? [];
  const [adminToken] = /osmadm_[0-9A-Za-z]{46}/.exec(program.output) ?? [];
  if (end !== 0 || !apiKey || !adminToken)
    throw new Error(`the seed ended with ${String(end)}:\n${program.output.slice(-4_000)}`);
  return { apiKey, adminToken };
}
