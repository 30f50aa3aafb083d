import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { gatewayEnvironment, gatewayOptions } from '../../scripts/supervisor/gateway-options.mjs';
import { BenchProgram } from './bench-program.mjs';
import { fillDatabase } from './bench-database.mjs';
import { startBenchPostgres } from './bench-postgres.mjs';
import { moveTo } from './cores.mjs';

const LOAD = 'test/bench/load.mjs';

/** Everything that takes part: upstream, bare proxy, gateway with worker and Postgres, load generator. */
export class Stage {
  /** Which part runs where; undefined where nothing is pinned. */
  cores;
  #started = [];
  #signal;
  #changes;

  /** @param changes settings of the gateway's programs that differ from the usual ones here */
  constructor(cores, signal, changes = {}) {
    this.cores = cores;
    this.#signal = signal;
    this.#changes = changes;
  }

  /** Starts all of it. What it started until then is stopped by `close`, also when it fails. */
  async open() {
    const { background, load, sandbox, subject } = this.cores ?? {};
    moveTo(background, process.pid); // Whatever the bench starts without saying where follows it.
    this.postgres = await startBenchPostgres({ signal: this.#signal });
    this.#started.push(this.postgres);
    this.place = path.join(this.postgres.place, 'programs');
    mkdirSync(this.place);
    const original = this.start('dist/sandbox/main.js', {
      core: sandbox,
      env: { SANDBOX_PORT: '0' },
    });
    this.upstream = this.start('test/bench/replaying-sandbox.mjs', {
      core: sandbox,
      env: { REPLAYED_SANDBOX: (await original.ready()).listening },
    });
    this.upstreamUrl = (await this.upstream.ready()).listening;
    this.environment = this.#environment();
    this.load = this.start(LOAD, { core: load });
    // Where the subjects are, which idle meanwhile: so that the upstream has a core to itself once.
    this.loadElsewhere = this.start(LOAD, { core: subject });
    [this.bare] = await Promise.all([this.startBare(), this.#fillDatabase()]);
    this.worker = this.start('dist/worker.js', { core: background, env: this.environment });
    this.gateway = await this.startGateway();
    await Promise.all([this.worker, this.load, this.loadElsewhere].map((one) => one.ready()));
  }

  /** Starts a bare proxy on the core of the subjects. */
  startBare(nodeOptions) {
    const env = { BARE_UPSTREAM: this.upstreamUrl };
    return this.#startSubject('test/bench/bare-proxy.mjs', env, nodeOptions);
  }

  /** Starts an HTTP process of the gateway on the core of the subjects. */
  startGateway(nodeOptions = []) {
    const options = [...gatewayOptions, ...nodeOptions];
    const env = { ...gatewayEnvironment, ...this.environment };
    return this.#startSubject('dist/main.js', env, options);
  }

  /** Starts a program, which ends with the stage. */
  start(script, options) {
    this.#signal.throwIfAborted();
    const log = path.join(this.place, `${script.replaceAll('/', '-')}.log`);
    const program = new BenchProgram(script, { ...options, log });
    this.#started.push(program);
    return program;
  }

  /** Ends everything, last started first. */
  async close() {
    for (const one of this.#started.toReversed()) await one.stop();
  }

  async #fillDatabase() {
    const filled = await fillDatabase(this.postgres, this.environment, this.#signal);
    this.apiKey = filled.apiKey;
    this.database = filled.database;
    this.#started.push({ stop: () => filled.database.close() });
  }

  async #startSubject(script, env, nodeOptions) {
    const program = this.start(script, { core: this.cores?.subject, env, nodeOptions });
    const { listening } = await program.ready();
    return { program, pid: program.pid, url: listening };
  }

  #environment() {
    const { appUrl, ownerUrl, place } = this.postgres;
    return {
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: path.join(place, 'gateway'),
      DATABASE_URL: appUrl,
      DATABASE_OWNER_URL: ownerUrl,
      SANDBOX_BASE_URL: `${this.upstreamUrl}/v1`,
      // One organization with a thousand streams, on a core that is full on purpose.
      MAX_CALLS_PER_ORGANIZATION: '100000',
      MAX_EVENT_LOOP_DELAY_MS: '600000',
      ...this.#changes,
    };
  }
}
