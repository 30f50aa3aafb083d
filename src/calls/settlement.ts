import { priceUsage, usageCost, type Bill, type Charge, type UsageCost } from '../billing/index.js';
import { formatUsd, ONE, type PicoUsd } from '../core/money.js';
import type { CostLine } from '../core/price.js';
import type { Principal } from '../core/principal.js';
import { plainText } from '../core/text.js';
import type { Credential, Target } from '../core/target.js';
import type { Rank, Usage } from '../core/usage.js';
import type { AnswerFacts } from './call.js';
import { searchBill, searchUnits } from './web-search/search-bill.js';
import type { SearchCharge } from './web-search/outcome.js';

const MAX_TIER = 64;

/** What a call costs, as the journal takes it and as the client sees it. */
export interface Settlement {
  readonly usage: Usage;
  readonly charge: Charge;
  readonly costs: AnswerFacts['costs'];
  /** What it counts against budgets; with the organization's own credentials the list price. */
  readonly cost: PicoUsd;
  /** What leaves the wallet. */
  readonly spent: PicoUsd;
  /** Meters that were used and have no price; not empty means that the figure is too low. */
  readonly unpriced: readonly string[];
}

/** What of a target says what usage costs, and whether the wallet pays it. */
export type PricedTarget = Pick<Target, 'price'> & {
  readonly credential: Pick<Credential, 'owner'>;
};

const NO_USAGE: Usage = { promptTokens: 0, completionTokens: 0 };

const NO_CHARGE: Charge = {
  units: {},
  lines: [],
  amount: '0',
  providerCost: '0',
  charged: true,
  rank: 'final',
};

/** The charge of a call that never used anything; what was searched for it is told, and not charged. */
export function chargeOfNothing(
  credential: Pick<Credential, 'owner'> | undefined,
  search: SearchCharge | undefined,
): Charge {
  if (!search) return NO_CHARGE;
  const charged = credential?.owner === 'platform';
  return { ...NO_CHARGE, units: searchUnits(search), charged };
}

/**
 * Prices what a call used, by the version that it started with. Without usage nothing is owed. Usage whose parts
 * contradict its totals is priced by its totals, as an estimate: an answer that was given is never lost over it.
 * @param search searches of the gateway's own for this call: a line of the bill
 */
export function settle(
  usage: Usage | undefined,
  rank: Rank,
  target: PricedTarget,
  principal: Pick<Principal, 'planMultiplier'>,
  startedAt: number,
  search?: SearchCharge,
): Settlement {
  try {
    return settleUsage(usage, rank, target, principal, startedAt, search);
  } catch (error) {
    if (!(error instanceof RangeError) || usage === undefined) throw error;
    const { promptTokens, completionTokens, serviceTier, reportedCost } = usage;
    const { searchContextSize: size } = usage;
    const totals = {
      promptTokens,
      completionTokens,
      ...(serviceTier ? { serviceTier } : {}),
      ...(reportedCost === undefined ? {} : { reportedCost }),
      ...(size ? { searchContextSize: size } : {}),
    };
    return settleUsage(totals, 'estimate', target, principal, startedAt, search);
  }
}

function settleUsage(
  usage: Usage | undefined,
  rank: Rank,
  { price, credential }: PricedTarget,
  { planMultiplier }: Pick<Principal, 'planMultiplier'>,
  startedAt: number,
  search: SearchCharge | undefined,
): Settlement {
  const used = usage ?? NO_USAGE;
  const charged = credential.owner === 'platform';
  const multiplier = charged ? planMultiplier : ONE;
  const priced = usage && priceUsage(used, price, { at: startedAt, multiplier });
  const list =
    multiplier.millionths === ONE.millionths
      ? priced
      : usage && priceUsage(used, price, { at: startedAt, multiplier: ONE });
  const own = billOf(priced);
  const bill = usage && search ? joined(own, searchBill(search, multiplier)) : own;
  const units = search ? { ...unitsOf(used), ...searchUnits(search) } : unitsOf(used);
  const amount = formatUsd(bill.total);
  return {
    usage: used,
    costs: usageCost(bill.lines).map(toCostField),
    cost: bill.total,
    spent: charged ? bill.total : 0n,
    unpriced: priced?.kind === 'unpriced' ? priced.meters : [],
    charge: {
      units,
      lines: bill.lines.map(toChargeLine),
      amount,
      providerCost: providerCostOf(used, () =>
        list === priced && bill === own ? amount : formatUsd(billOf(list).total),
      ),
      charged,
      rank: priced?.kind === 'unpriced' ? 'estimate' : rank,
    },
  };
}

/** What the provider says that it takes goes before its list price; what the tenant pays is not touched by it. */
function providerCostOf({ reportedCost }: Usage, listPrice: () => string): string {
  return reportedCost === undefined ? listPrice() : formatUsd(reportedCost);
}

function toCostField([field, cost]: UsageCost[number]): AnswerFacts['costs'][number] {
  return [field, formatUsd(cost)];
}

function toChargeLine({ meter, quantity, amount }: CostLine): Charge['lines'][number] {
  return { meter, quantity, amount: formatUsd(amount) };
}

function billOf(priced: ReturnType<typeof priceUsage> | undefined): Bill {
  if (!priced) return { lines: [], total: 0n };
  return priced.kind === 'priced' ? priced : priced.atLeast;
}

function joined(bill: Bill, more: Bill): Bill {
  return { lines: [...bill.lines, ...more.lines], total: bill.total + more.total };
}

/** The usage as JSON can hold it; nearly always that is what it is. */
function unitsOf(usage: Usage): Charge['units'] {
  const isJson = usage.reportedCost === undefined && isShortPlain(usage.serviceTier);
  return isJson ? (usage as object as Charge['units']) : jsonUnitsOf(usage);
}

function isShortPlain(tier: string | undefined): boolean {
  return tier === undefined || plainText(tier, MAX_TIER) === tier;
}

function jsonUnitsOf(usage: Usage): Charge['units'] {
  const { reportedCost, serviceTier, ...counts } = usage;
  return {
    ...counts,
    ...(serviceTier === undefined ? {} : { serviceTier: plainText(serviceTier, MAX_TIER) }),
    ...(reportedCost === undefined ? {} : { reportedCost: formatUsd(reportedCost) }),
  };
}
