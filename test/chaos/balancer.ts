import { EventEmitter, once } from 'node:events';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestTenant } from '../support/paying-tenant.js';
import type { Caller } from './client.js';
import type { Fleet } from './fleet.js';
import type { KeptProgram } from './kept-program.js';
import type { Random } from './random.js';

/** How often a process is asked, as balancers do. */
const LOOK_EVERY_MS = 100;
const ANSWER_LIMIT_MS = 5_000;
const REACH_LIMIT_MS = 180_000;

interface Known {
  readonly url: string;
  readonly isReady: boolean;
}

/**
 * Sends calls to those HTTP processes of a fleet that say that they are ready, over connections that it keeps. What a
 * process does between two looks it learns late, as any balancer does.
 */
export class Balancer {
  readonly tenant: TestTenant;
  /** Calls for which no process was ready when they came. */
  waits = 0;
  private readonly agent = new Agent({ keepAlive: true });
  private readonly known = new Map<KeptProgram, Known>();
  /** Addresses whose processes have said that they are not ready. */
  private readonly warned = new Set<string>();
  private readonly events = new EventEmitter().setMaxListeners(0);
  private readonly looks: Promise<unknown>;
  private closed = false;

  constructor(private readonly fleet: Fleet) {
    this.tenant = fleet.tenant;
    this.looks = Promise.all(fleet.mains.map((main) => this.watch(main)));
  }

  /** A process that was ready when it was looked at last; waits until there is one. */
  async caller(random: Random, { apiKey } = this.tenant): Promise<Caller> {
    if (this.ready.length === 0) this.waits++;
    await this.until(() => this.ready.length > 0);
    return { url: random.pick(this.ready), apiKey, agent: this.agent };
  }

  /** Resolves when all processes of the fleet are ready where they are now. */
  allReady(): Promise<void> {
    return this.until(() => this.fleet.mains.every(({ url }) => url && this.ready.includes(url)));
  }

  /** Whether the process at an address has said that it takes no more calls: what it refuses may go elsewhere. */
  hasWarned({ url }: Caller): boolean {
    return this.warned.has(url);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.looks;
    this.agent.destroy();
  }

  private get ready(): string[] {
    return [...this.known.values()].flatMap(({ url, isReady }) => (isReady ? [url] : []));
  }

  private async until(isSo: () => boolean): Promise<void> {
    const signal = AbortSignal.timeout(REACH_LIMIT_MS);
    while (!isSo()) await once(this.events, 'look', { signal });
  }

  private async watch(main: KeptProgram): Promise<void> {
    while (!this.closed) {
      const { url } = main;
      if (url !== undefined) await this.look(main, url);
      await sleep(LOOK_EVERY_MS);
    }
  }

  private async look(main: KeptProgram, url: string): Promise<void> {
    const status = await statusOf(url);
    if (status === 503) this.warned.add(url);
    if (status === 200) this.warned.delete(url);
    this.known.set(main, { url, isReady: status === 200 });
    this.events.emit('look');
  }
}

/** What a process says of itself; undefined where it says nothing. */
async function statusOf(url: string): Promise<number | undefined> {
  const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
  try {
    const response = await fetch(`${url}/health/ready`, { signal });
    await response.text();
    return response.status;
  } catch {
    return undefined;
  }
}
