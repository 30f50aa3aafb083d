import type { Finding } from './verdict.js';

/** What a scenario was asked for. */
export interface Order {
  readonly seed: number;
  /** A small one that asserts events and no figures. */
  readonly short: boolean;
  /** How long the soak lasts. */
  readonly minutes: number;
  /** Prints a line while it runs. */
  readonly say: (line: string) => void;
}

export interface ScenarioResult {
  readonly name: string;
  readonly seed: number;
  readonly verdict: 'passed' | 'failed' | 'skipped';
  readonly calls: number;
  /** Calls whose end the client saw. */
  readonly ends: number;
  readonly cut: number;
  readonly kills: number;
  readonly lost: number;
  readonly double: number;
  readonly wrong: number;
  readonly seconds: number;
  /** Why it failed, or was skipped. */
  readonly problems: readonly string[];
  readonly findings: readonly Finding[];
  /** What else was counted or measured. */
  readonly facts: Readonly<Record<string, number>>;
}

/** What a scenario found; its name, seed and time are added by the run. */
export type Outcome = Omit<ScenarioResult, 'name' | 'seed' | 'seconds' | 'verdict'> & {
  readonly skipped?: boolean;
};
