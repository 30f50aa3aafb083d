import { readBooks } from './books.js';
import type { CallSeen, Fate } from './call-sight.js';
import type { TestTenant } from '../support/paying-tenant.js';
import type { Fleet } from './fleet.js';
import { groupBy } from './group.js';
import type { Outcome } from './result.js';
import type { Stage } from './stage.js';
import { judge, type Charge, type Evidence, type Finding } from './verdict.js';

const NOT_ENDED: readonly Fate[] = ['cut', 'unanswered', 'left', 'hung'];

export interface Conclusion {
  readonly outcome: Outcome;
  readonly evidence: readonly Evidence[];
}

/** Lets the fleet post all it has and end, then compares what clients, provider and books say of every call. */
export async function conclude(
  stage: Stage,
  fleet: Fleet,
  seen: readonly CallSeen[],
  prefix: string,
  tenants: readonly TestTenant[] = [fleet.tenant],
  judgeOne: (evidence: Evidence) => Finding | undefined = judge,
): Promise<Conclusion> {
  const unposted = await fleet.settle();
  const organizations = tenants.map(({ organizationId }) => organizationId);
  const [tally, books, audit] = await Promise.all([
    stage.tally(prefix),
    readBooks(stage.database, organizations),
    stage.audit(),
  ]);
  const evidence = seen.map((call) => ({
    seen: call,
    booked: books.byLabel.get(call.label) ?? [],
    tallied: tally.get(call.label) ?? [],
  }));
  const findings = evidence.flatMap((one) => judgeOne(one) ?? []);
  const known = new Set(seen.map(({ label }) => label));
  const strangers = [...books.byLabel.keys()].filter((label) => !known.has(label));
  const outcome: Outcome = {
    calls: seen.length,
    ends: countOf(seen, ['complete']),
    cut: countOf(seen, NOT_ENDED),
    kills: fleet.kills,
    lost: charged(findings, 'lost'),
    double: charged(findings, 'double'),
    wrong: charged(findings, 'wrong'),
    problems: [
      ...books.faults,
      ...(audit === '' ? [] : [audit]),
      ...fleet.crashes,
      ...unposted.map((name) => `journal ${name} was not posted`),
      ...strangers.map((label) => `a call is booked that nobody made: ${label}`),
    ],
    findings,
    facts: Object.fromEntries(
      [...groupBy(seen, ({ fate }) => fate)].map(([fate, { length }]) => [fate, length]),
    ),
  };
  return { outcome, evidence };
}

function countOf(seen: readonly CallSeen[], fates: readonly Fate[]): number {
  return seen.filter(({ fate }) => fates.includes(fate)).length;
}

function charged(findings: readonly Finding[], charge: Charge): number {
  return findings.filter((finding) => finding.charge === charge).length;
}
