import { setTimeout as sleep } from 'node:timers/promises';
import type { TestTenant } from '../support/paying-tenant.js';
import { planCall, type CallPlan, type Mix } from './call-plan.js';
import type { CallSeen } from './call-sight.js';
import { makeCall } from './client.js';
import type { KeptProgram } from './kept-program.js';
import { Random } from './random.js';

/** Calls at once of those who ask for what a storm has left. */
const AFTERWARDS = 40;
/** So many waves in which not one call is admitted end it; idle slices come back in between. */
const VAIN_WAVES = 3;
const WAVE_LIMIT = 100;
const SLICES_COME_BACK_MS = 2_500;
const MIX: Mix = { streams: 0.5, shortest: 100, longest: 600 };
/** Holds of less than a cent, so that less than a hundredth of a dollar is left at the end. */
const MAX_TOKENS = 400;

/** Calls that were begun together. */
export interface Begun {
  readonly labels: readonly string[];
  /** Labels of those that are over. */
  readonly ended: ReadonlySet<string>;
  readonly all: Promise<readonly CallSeen[]>;
}

/** Makes calls of many clients at the same time. */
export class WaveCaller {
  readonly seen: CallSeen[] = [];
  private begun = 0;

  constructor(
    private readonly scenario: string,
    private readonly seed: number,
    private readonly keys: readonly TestTenant[],
    /** In place of what the plans say of calls that exhaust a wallet. */
    private readonly changes: Partial<CallPlan> = {},
  ) {}

  /** Makes so many calls at once to these processes, and gives how many of them were admitted. */
  async wave(
    programs: readonly KeptProgram[],
    count: number,
    mix: Partial<CallPlan> = {},
  ): Promise<number> {
    const ended = await this.begin(programs, count, mix).all;
    return ended.filter(({ fate }) => fate !== 'refused').length;
  }

  /** Begins so many calls at once to these processes. */
  begin(programs: readonly KeptProgram[], count: number, changes: Partial<CallPlan> = {}): Begun {
    const plans = Array.from({ length: count }, () => ({ ...this.plan(this.begun++), ...changes }));
    const ended = new Set<string>();
    const calls = plans.map(async (plan) => {
      const seen = await this.call(programs, plan);
      ended.add(plan.label);
      this.seen.push(seen);
      return seen;
    });
    return { labels: plans.map(({ label }) => label), ended, all: Promise.all(calls) };
  }

  /** How the labels of its calls begin. */
  get prefix(): string {
    return `${this.scenario}-${this.seed}-`;
  }

  /** Makes calls until none is admitted any more in so many waves, however long one waits. */
  async exhaust(programs: readonly KeptProgram[], vainWaves = VAIN_WAVES): Promise<void> {
    let vain = 0;
    for (let waves = 0; waves < WAVE_LIMIT; waves++) {
      const admitted = await this.wave(programs, AFTERWARDS, this.changes);
      vain = admitted === 0 ? vain + 1 : 0;
      if (vain === vainWaves) return;
      if (vain > 0) await sleep(SLICES_COME_BACK_MS);
    }
  }

  private call(programs: readonly KeptProgram[], plan: CallPlan): Promise<CallSeen> {
    const random = new Random(this.seed, `way of ${plan.label}`);
    const { apiKey } = random.pick(this.keys);
    const url = random.pick(programs).url ?? 'http://127.0.0.1:1';
    return makeCall({ url, apiKey }, plan);
  }

  private plan(index: number): CallPlan {
    const plan = planCall(this.scenario, this.seed, index, MIX);
    const tokens = new Random(this.seed, `tokens of ${plan.label}`).between(150, 390);
    return { ...plan, model: 'gpt-4o', maxTokens: MAX_TOKENS, tokens, rate: 4 * tokens };
  }
}
