import { Injectable } from '@nestjs/common';
import type { Offer } from '../../core/offer.js';
import type { Principal } from '../../core/principal.js';
import type { ProviderDefinition } from '../../core/provider.js';
import { NO_RULES, type RuleSet } from '../../core/rules/rule-set.js';
import { CredentialService } from '../credentials/credential.service.js';
import { PROVIDERS } from '../definitions/registry.js';
import { permissionOf } from '../routing/permission.js';
import type { CatalogueModel, CatalogueSnapshot } from './catalogue-snapshot.js';
import { CatalogueService } from './catalogue.service.js';
import { modelView } from './model-view.js';
import { RecentLists } from './recent-lists.js';

export interface ModelFilter {
  /** Also models that no provider serves any more. */
  readonly includeDeactivated: boolean;
  readonly excludeDeprecated: boolean;
}

type ModelView = Record<string, unknown>;

/** Lists kept in memory; each has more than a megabyte where all providers are reached. */
const KEPT_LISTS = 4;

/**
 * GET /v1/models: the models that a caller's credentials reach and its rules allow, each with who serves it and at
 * which price.
 */
@Injectable()
export class ModelListService {
  private readonly recent = new RecentLists(KEPT_LISTS);

  constructor(
    private readonly catalogue: CatalogueService,
    private readonly credentials: CredentialService,
  ) {}

  /**
   * The whole answer as JSON, written once for a snapshot and all callers who may see the same.
   * @throws GatewayError ledger_unavailable where the caller's credentials cannot be read
   */
  async list(filter: ModelFilter, principal: Principal): Promise<string> {
    const reached = await this.providersOf(principal);
    const snapshot = this.catalogue.snapshot();
    // Without rules about offers all callers are alike.
    const rules = principal.rules.boundsOffers ? principal.rules : NO_RULES;
    const { includeDeactivated, excludeDeprecated } = filter;
    const key = [includeDeactivated, excludeDeprecated, ...reached].join();
    const now = Date.now();
    return this.recent.of({ snapshot, rules, key }, now, () => {
      const scope: Scope = { snapshot, reached, rules, now };
      const data = snapshot.models().flatMap((model) => viewIn(scope, model, filter) ?? []);
      return JSON.stringify({ object: 'list', data });
    });
  }

  /** One model by id or alias; also one that no provider serves any more. Throws as `list`. */
  async get(name: string, principal: Principal): Promise<ModelView | undefined> {
    const reached = await this.providersOf(principal);
    const snapshot = this.catalogue.snapshot();
    const model = snapshot.findModel(name);
    if (!model) return undefined;
    const scope: Scope = { snapshot, reached, rules: principal.rules, now: Date.now() };
    return viewIn(scope, model, { includeDeactivated: true, excludeDeprecated: false });
  }

  /** The ids of the providers for which a caller has a credential. */
  private async providersOf(principal: Principal): Promise<ReadonlySet<string>> {
    await this.credentials.ready(principal);
    const hasCredential = (provider: ProviderDefinition): boolean =>
      this.credentials.credentialsFor(provider, principal).length > 0;
    return new Set(PROVIDERS.filter(hasCredential).map(({ id }) => id));
  }
}

/** What a caller sees the catalogue through. */
interface Scope {
  readonly snapshot: CatalogueSnapshot;
  readonly reached: ReadonlySet<string>;
  readonly rules: RuleSet;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A model with those of its offers that the caller may use; undefined where there are none. */
function viewIn(
  { snapshot, reached, rules, now }: Scope,
  model: CatalogueModel,
  { includeDeactivated, excludeDeprecated }: ModelFilter,
): ModelView | undefined {
  const isListed = (offer: Offer): boolean =>
    offer.variant === null &&
    reached.has(offer.providerId) &&
    (includeDeactivated || offer.status !== 'removed') &&
    (!excludeDeprecated || offer.status !== 'deprecated') &&
    permissionOf(rules, snapshot, offer, now).allowed;
  const offers = snapshot.offersOf(model.id).filter(isListed);
  if (offers.length === 0) return undefined;
  return modelView(model, snapshot.aliasesOf(model.id), offers, now);
}
