import type { ChatRequest, FinishReason } from '../../core/chat.js';
import { isObject } from '../../core/json-object.js';
import { heal, type Expectation, type Healed, type HealingStep } from './heal.js';
import { SchemaValidators } from './schema-validators.js';
import { TimeBudget } from './time-limit.adapter.js';

/** The id of the plugin in a request. */
export const RESPONSE_HEALING = 'response-healing';

/** Longer answers pass as they are; in a stream all choices together, characters. */
export const MAX_ANSWER = 4 * 1_024 * 1_024;

/** Repair and check of all choices of a call together, ms. */
const MAX_TIME_MS = 500;

/** What became of an answer, as `metadata.plugins.response_healing` tells it. */
export interface HealingReport {
  readonly healed: boolean;
  readonly steps: readonly HealingStep[];
  /** Null where it could not be found out. */
  readonly valid: boolean | null;
}

/** Heals one text of a call. */
export type Healing = (text: string, finishReason: FinishReason | null) => Healed;

let validators: SchemaValidators | undefined;

/** What heals the answers of a request; undefined where nobody asked for it or the answer need not be JSON. */
export function healingOf(request: ChatRequest): Healing | undefined {
  const { plugins, response_format: format } = request;
  if (!Array.isArray(plugins) || !plugins.some(isResponseHealing)) return undefined;
  if (format?.type === 'json_object') return healingFor({ judge: isObject });
  if (format?.type !== 'json_schema') return undefined;
  const { schema } = format.json_schema;
  // Here, for what is loaded in limited time may stay half loaded.
  validators ??= new SchemaValidators();
  return healingFor({ judge: (value) => (schema ? judge(schema, value) : null) });
}

/** An answer that is passed on as it is, for nothing more is known of it. */
export function untouched(text: string): Healed {
  return { text, healed: false, steps: [], valid: null };
}

/** The reports of all choices as one, and each of them where they are several. */
export function reportOf(
  reports: readonly HealingReport[],
): HealingReport & { readonly choices?: readonly HealingReport[] } {
  const whole = {
    healed: reports.some(({ healed }) => healed),
    steps: [...new Set(reports.flatMap(({ steps }) => steps))],
    valid: validOf(reports),
  };
  return reports.length > 1 ? { ...whole, choices: reports } : whole;
}

function validOf(reports: readonly HealingReport[]): boolean | null {
  if (reports.some(({ valid }) => valid === false)) return false;
  return reports.length > 0 && reports.every(({ valid }) => valid) ? true : null;
}

function isResponseHealing(plugin: unknown): boolean {
  if (plugin === RESPONSE_HEALING) return true;
  return isObject(plugin) && plugin['id'] === RESPONSE_HEALING && plugin['enabled'] !== false;
}

function healingFor(expected: Expectation): Healing {
  const time = new TimeBudget(MAX_TIME_MS);
  return (text, finishReason) => {
    if (text.length > MAX_ANSWER) return untouched(text);
    const wasCut = finishReason !== 'stop';
    return time.within(() => heal(text, expected, wasCut)) ?? untouched(text);
  };
}

function judge(schema: unknown, value: unknown): boolean | null {
  try {
    return validators?.of(schema)?.(value) ?? null;
  } catch (error) {
    // References in a circle end with the stack.
    if (error instanceof RangeError) return null;
    throw error;
  }
}
