import type { RuleSet } from '../../core/rules/rule-set.js';
import type { CatalogueSnapshot } from './catalogue-snapshot.js';

/** All that a list of models depends on. */
export interface ListSubject {
  readonly snapshot: CatalogueSnapshot;
  /** What the caller's organization has beside it; one object as long as that stays the same. */
  readonly own: object;
  readonly rules: RuleSet;
  /** What else: the providers that are reached, and what was asked for. */
  readonly key: string;
}

interface Entry extends ListSubject {
  readonly text: string;
  /** From then on (ms since the epoch) other prices hold. */
  readonly until: number;
}

/**
 * Lists of models as they were sent, the newest few: a list is written once for a snapshot, however many ask for it.
 * Callers with the same providers and rules share one.
 */
export class RecentLists {
  private entries: readonly Entry[] = [];

  constructor(private readonly capacity: number) {}

  /** The list for a subject at a time, written by `write` unless it is known. */
  of(subject: ListSubject, at: number, write: () => string): string {
    const known = this.entries.find((entry) => isOf(entry, subject) && at < entry.until);
    if (known) {
      if (known !== this.entries[0]) this.put(known);
      return known.text;
    }
    const { snapshot, own, rules, key } = subject;
    const text = write();
    this.put({ snapshot, own, rules, key, text, until: snapshot.nextPriceChange(at) });
    return text;
  }

  /** To the front; what is of another snapshot goes, for nobody will ask for it again. */
  private put(entry: Entry): void {
    const others = this.entries.filter(
      (other) => other.snapshot === entry.snapshot && !isOf(other, entry),
    );
    this.entries = [entry, ...others].slice(0, this.capacity);
  }
}

function isOf(entry: Entry, { snapshot, own, rules, key }: ListSubject): boolean {
  const isSeenAlike = entry.snapshot === snapshot && entry.own === own;
  return isSeenAlike && entry.rules === rules && entry.key === key;
}
