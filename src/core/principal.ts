import type { Multiplier } from './money.js';
import type { RuleSet } from './rules/rule-set.js';

export type ProjectMode = 'credits' | 'api-keys' | 'hybrid';

/** What an organization keeps of a request: nothing, what the log shows of it, or its content too. */
export type Retention = 'none' | 'metadata' | 'full';

/** Who calls: the key, its project and its organization. */
export interface Principal {
  readonly organizationId: string;
  readonly projectId: string;
  /** Whose key it is; null: the project's own. */
  readonly memberId: string | null;
  readonly apiKeyId: string;
  /** The key, the key that made it, the one that made that, and so on: what holds for one of them holds for the key. */
  readonly keyChain: readonly string[];
  /** Whether the key may make keys, and all that made it still may. */
  readonly mayCreateKeys: boolean;
  readonly projectMode: ProjectMode;
  /** What the tenant pays = list price × this. */
  readonly planMultiplier: Multiplier;
  readonly retention: Retention;
  /** The rules of the organization, the project, the member and every key of the chain. */
  readonly rules: RuleSet;
}
