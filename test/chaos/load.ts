import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { planCall, type CallPlan, type Mix } from './call-plan.js';
import type { CallSeen } from './call-sight.js';
import { makeCall, type Caller, type Leave } from './client.js';
import { Random } from './random.js';
import type { TestTenant } from '../support/paying-tenant.js';

/** After a call that got no answer a client waits, as clients do. */
const PAUSE_MS = 50;

/** Whoever tells the clients where to call: the fleet, which picks any process that runs, or a balancer. */
export interface Entrance {
  /** Whose key is used where nothing else is said. */
  readonly tenant: TestTenant;
  caller(random: Random, tenant: TestTenant): Promise<Caller>;
}

export interface LoadOptions {
  readonly scenario: string;
  readonly seed: number;
  /** Clients; each makes one call after the other. */
  readonly clients: number;
  readonly mix: Mix;
  /** Ends the load after so many calls. */
  readonly calls?: number;
  /** When the client of a call leaves; without it all stay. */
  readonly leave?: (plan: CallPlan, random: Random) => Leave;
  /** A pause of each client after each call, ms. */
  readonly pause?: number;
  /** Whose keys the calls are made with. Default: the tenant of the entrance. */
  readonly tenants?: readonly TestTenant[];
  /** Whether a call whose connection was refused there is made elsewhere. Default: always. */
  readonly retries?: (refusedBy: Caller) => boolean;
  /** In place of what the plan of a call says. */
  readonly changes?: Partial<CallPlan>;
}

/** Clients that make calls until they are told to stop. */
export class Load {
  readonly seen: CallSeen[] = [];
  readonly running = new Set<string>();
  private begun = 0;
  private readonly events = new EventEmitter();
  private ending = false;
  private readonly clients: Promise<void>[];

  constructor(
    private readonly entrance: Entrance,
    private readonly options: LoadOptions,
  ) {
    this.clients = Array.from({ length: options.clients }, () => this.client());
  }

  /** Resolves when the next call is over. */
  async next(): Promise<void> {
    await once(this.events, 'seen');
  }

  /** Begins no further call, and gives what was seen of all when the last is over. */
  async finish(): Promise<readonly CallSeen[]> {
    this.ending = true;
    return this.finished();
  }

  /** Resolves when the number of calls that was ordered is made. */
  async finished(): Promise<readonly CallSeen[]> {
    await Promise.all(this.clients);
    return this.seen;
  }

  private async client(): Promise<void> {
    const { calls = Infinity, pause = 0 } = this.options;
    while (!this.ending && this.begun < calls) {
      const { fate } = await this.call(this.begun++);
      const wait = fate === 'unanswered' || fate === 'refused' ? PAUSE_MS : pause;
      if (wait > 0) await sleep(wait);
    }
  }

  private async call(index: number): Promise<CallSeen> {
    const { scenario, seed, mix, leave, changes } = this.options;
    const plan = { ...planCall(scenario, seed, index, mix), ...changes };
    const random = new Random(seed, `way of ${plan.label}`);
    const leaving = leave?.(plan, random);
    this.running.add(plan.label);
    const seen = await this.reach(plan, random, leaving);
    this.running.delete(plan.label);
    this.seen.push(seen);
    this.events.emit('seen');
    return seen;
  }

  /** A process that has just died is not known to be dead yet: another one is asked. */
  private async reach(plan: CallPlan, random: Random, leave?: Leave): Promise<CallSeen> {
    const { tenants = [this.entrance.tenant], retries = () => true } = this.options;
    const tenant = random.pick(tenants);
    for (;;) {
      const caller = await this.entrance.caller(random, tenant);
      const seen = await makeCall(caller, plan, leave);
      if (seen.fate !== 'unconnected' || !retries(caller)) return seen;
      await sleep(PAUSE_MS);
    }
  }
}
