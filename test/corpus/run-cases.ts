import { KNOWN } from './known.js';
import { playCase } from './play-case.js';
import { cast } from './providers.js';
import type { RecordedCase } from './recorded-case.js';
import type { CaseResult, Outcome } from './result.js';
import type { Stage } from './stage.js';

/**
 * Plays every case: those of one provider of the gateway one after another, since its address tells which one is
 * played; providers beside each other.
 */
export async function runCases(
  stage: Stage,
  cases: readonly RecordedCase[],
  signal: AbortSignal,
): Promise<CaseResult[]> {
  const queues = new Map<string, RecordedCase[]>();
  for (const recorded of cases) {
    const casting = cast(recorded);
    const queue = 'provider' in casting ? casting.provider.id : '';
    queues.set(queue, [...(queues.get(queue) ?? []), recorded]);
  }
  const results = await Promise.all(
    [...queues.values()].map((queue) => runInTurn(stage, queue, signal)),
  );
  return results.flat().sort((one, other) => (one.name < other.name ? -1 : 1));
}

async function runInTurn(
  stage: Stage,
  cases: readonly RecordedCase[],
  signal: AbortSignal,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const recorded of cases) {
    signal.throwIfAborted();
    results.push(await runCase(stage, recorded));
  }
  return results;
}

async function runCase(stage: Stage, recorded: RecordedCase): Promise<CaseResult> {
  const { name, folder } = recorded;
  const casting = cast(recorded);
  if (!('provider' in casting)) {
    return { name, folder, outcome: { kind: 'not built', missing: casting.notBuilt }, notes: [] };
  }
  try {
    const { problems, notes } = await playCase(stage, recorded, casting.provider);
    return { name, folder, outcome: outcomeOf(name, problems), notes };
  } catch (error) {
    const thrown = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { name, folder, outcome: outcomeOf(name, [thrown]), notes: [] };
  }
}

function outcomeOf(name: string, problems: readonly string[]): Outcome {
  const reason = KNOWN[name];
  if (reason === undefined)
    return problems.length === 0 ? { kind: 'passed' } : { kind: 'failed', problems };
  if (problems.length > 0) return { kind: 'known', reason, problems };
  return { kind: 'failed', problems: [`passes, yet is listed as known: ${reason}`] };
}
