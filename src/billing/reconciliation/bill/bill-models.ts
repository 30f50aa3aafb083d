import { formatUsd, type PicoUsd } from '../../../core/money.js';
import { BillError, type BilledItem } from './bill.js';

/** How a provider names a model that it offers. */
export interface OfferedModel {
  readonly model_id: string;
  readonly upstream_model: string;
}

/** A line of a bill in our words. */
export interface BilledModel {
  readonly day: string;
  /** Empty where it is for no model that we know. */
  readonly model: string;
  readonly item: BilledItem;
}

/** Whether a bill may be for things that are no model of ours: reports of a whole account are. */
export type Strictness = 'known_models_only' | 'anything';

/**
 * Finds the model of each line, by the provider's name of it, ours, or either before a date of its version.
 * @throws BillError naming the line of a model that the provider does not offer, where only those may be
 */
export function modelsOf(
  items: readonly BilledItem[],
  offers: readonly OfferedModel[],
  strictness: Strictness,
): BilledModel[] {
  const known = new Map<string, string>();
  for (const { model_id: id } of offers) known.set(id, id);
  for (const { model_id: id, upstream_model: name } of offers) known.set(name, id);
  return items.map((item) => {
    const model = known.get(item.item) ?? known.get(withoutDate(item.item));
    if (model === undefined && strictness === 'known_models_only')
      throw new BillError(item.line, `the provider offers no model ${JSON.stringify(item.item)}`);
    return { day: item.day, model: model ?? '', item };
  });
}

/**
 * Refuses a bill by which a provider would owe us for a model and a day: credits are taken off what was billed, and are
 * no bill by themselves.
 * @throws BillError naming the first line of them
 */
export function requireNoDebt(lines: readonly BilledModel[]): void {
  const sums = new Map<string, { sum: PicoUsd; line: number }>();
  for (const { day, model, item } of lines) {
    const known = sums.get(`${day}/${model}`) ?? { sum: 0n, line: item.line };
    sums.set(`${day}/${model}`, { ...known, sum: known.sum + item.amount });
  }
  for (const [place, { sum, line }] of sums)
    if (sum < 0n)
      throw new BillError(line, `${place} comes to ${formatUsd(sum)}, less than nothing`);
}

/** "gpt-4o-2024-08-06" and "claude-sonnet-4-20250514" without the date. */
function withoutDate(name: string): string {
  return name.replace(/-\d{4}-?\d{2}-?\d{2}$/, '');
}
