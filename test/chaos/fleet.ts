import { EventEmitter, once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestTenant } from '../support/paying-tenant.js';
import type { Caller } from './client.js';
import { KeptProgram } from './kept-program.js';
import type { Random } from './random.js';

const REACH_LIMIT_MS = 180_000;
const SETTLE_LIMIT_MS = 120_000;
const LOOK_EVERY_MS = 25;

/** HTTP processes and a worker on one data directory; whichever ends is started again. */
export class Fleet {
  readonly mains: readonly KeptProgram[];
  worker: KeptProgram;
  private readonly events = new EventEmitter().setMaxListeners(0);

  constructor(
    readonly tenant: TestTenant,
    private readonly environment: Readonly<Record<string, string>>,
    mains: number,
  ) {
    this.mains = Array.from(
      { length: mains },
      () => new KeptProgram('dist/main.js', this.environment),
    );
    this.worker = new KeptProgram('dist/worker.js', this.environment);
    for (const main of this.mains) main.onReady(() => this.events.emit('ready'));
  }

  get programs(): readonly KeptProgram[] {
    return [...this.mains, this.worker];
  }

  get kills(): number {
    return this.programs.reduce((sum, { kills }) => sum + kills, 0);
  }

  /** Ends of processes that nobody asked for. */
  get crashes(): readonly string[] {
    return this.programs.flatMap(({ crashes }) => crashes);
  }

  /** Resolves when all serve. */
  async begin(): Promise<void> {
    for (const program of this.programs) program.begin();
    await Promise.all(this.programs.map((program) => program.ready()));
  }

  /** One of the HTTP processes that serve, for a key of this tenant; waits until there is one. */
  async caller(random: Random, { apiKey } = this.tenant): Promise<Caller> {
    const signal = AbortSignal.timeout(REACH_LIMIT_MS);
    for (;;) {
      const urls = this.mains.flatMap(({ url }) => url ?? []);
      if (urls.length > 0) return { url: random.pick(urls), apiKey };
      await once(this.events, 'ready', { signal });
    }
  }

  /**
   * Ends the HTTP processes in good order and waits until all that they wrote is posted: a journal whose writer is
   * gone is removed when nothing of it is left to post. Then the worker ends as well.
   * @returns the journals that were not posted in two minutes
   */
  async settle(): Promise<readonly string[]> {
    await this.worker.ready();
    await this.stopMains();
    return this.drain();
  }

  stopMains(): Promise<unknown> {
    return Promise.all(this.mains.map((main) => main.stop()));
  }

  /** A worker in place of one that was stopped. */
  async restartWorker(): Promise<void> {
    this.worker = new KeptProgram('dist/worker.js', this.environment);
    this.worker.begin();
    await this.worker.ready();
  }

  /** A second worker beside the one that runs; whoever asked for it stops it. */
  async secondWorker(): Promise<KeptProgram> {
    const worker = new KeptProgram('dist/worker.js', this.environment);
    worker.begin();
    await worker.ready();
    return worker;
  }

  /** Waits until all that was written is posted, then ends the worker. @returns the journals left after two minutes */
  async drain(): Promise<readonly string[]> {
    const left = await this.posted();
    await this.worker.stop();
    return left;
  }

  /** Waits until all that was written by processes that have ended is posted. @returns what is left after two minutes */
  async posted(): Promise<readonly string[]> {
    const deadline = performance.now() + SETTLE_LIMIT_MS;
    while (this.journals().length > 0 && performance.now() < deadline) await sleep(LOOK_EVERY_MS);
    return this.journals();
  }

  async stop(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.stop()));
  }

  /** Where the journals are. */
  get journalRoot(): string {
    return path.join(this.environment['DATA_DIR'] ?? '', 'journal');
  }

  /** Folders of journals that the poster is not done with. */
  private journals(): string[] {
    const root = this.journalRoot;
    if (!existsSync(root)) return [];
    return readdirSync(root).filter((name) => !name.startsWith('.') && !name.endsWith('.sock'));
  }
}
