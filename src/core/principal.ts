import type { Multiplier } from './money.js';

export type ProjectMode = 'credits' | 'api-keys' | 'hybrid';

/** Who calls: the key, its project and its organization. */
export interface Principal {
  readonly organizationId: string;
  readonly projectId: string;
  readonly apiKeyId: string;
  readonly projectMode: ProjectMode;
  /** What the tenant pays = list price × this. */
  readonly planMultiplier: Multiplier;
}
