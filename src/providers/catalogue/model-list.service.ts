import { Injectable } from '@nestjs/common';
import type { Offer } from '../../core/offer.js';
import type { Principal } from '../../core/principal.js';
import type { ProviderDefinition } from '../../core/provider.js';
import { NO_RULES, type RuleSet } from '../../core/rules/rule-set.js';
import { CredentialService } from '../credentials/credential.service.js';
import { CustomProviderService } from '../custom/custom-provider.service.js';
import type { OwnProviders } from '../custom/custom-provider.js';
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
    private readonly custom: CustomProviderService,
  ) {}

  /**
   * The whole answer as JSON, written once for a snapshot and all callers who may see the same.
   * @throws GatewayError ledger_unavailable where the caller's credentials cannot be read
   */
  async list(filter: ModelFilter, principal: Principal): Promise<string> {
    const own = await this.ownOf(principal);
    const reached = this.providersOf(principal, own);
    const snapshot = this.catalogue.snapshot();
    // Without rules about offers all callers are alike.
    const rules = principal.rules.boundsOffers ? principal.rules : NO_RULES;
    const { includeDeactivated, excludeDeprecated } = filter;
    const key = [includeDeactivated, excludeDeprecated, ...reached].join();
    const now = Date.now();
    return this.recent.of({ snapshot, own, rules, key }, now, () => {
      const scope: Scope = { snapshot, own, reached, rules, now };
      const others = own.snapshot.models().filter(({ id }) => !snapshot.findModel(id));
      const models = [...snapshot.models(), ...others];
      const data = models.flatMap((model) => viewIn(scope, model, filter) ?? []);
      return JSON.stringify({ object: 'list', data });
    });
  }

  /** One model by id or alias; also one that no provider serves any more. Throws as `list`. */
  async get(name: string, principal: Principal): Promise<ModelView | undefined> {
    const own = await this.ownOf(principal);
    const reached = this.providersOf(principal, own);
    const snapshot = this.catalogue.snapshot();
    const model = snapshot.findModel(name) ?? own.snapshot.findModel(name);
    if (!model) return undefined;
    const scope: Scope = { snapshot, own, reached, rules: principal.rules, now: Date.now() };
    return viewIn(scope, model, { includeDeactivated: true, excludeDeprecated: false });
  }

  /** The ids of the providers for which a caller has a credential. */
  private providersOf(principal: Principal, own: OwnProviders): ReadonlySet<string> {
    const hasCredential = (provider: ProviderDefinition): boolean =>
      this.credentials.credentialsFor(provider, principal).length > 0;
    const all = [...PROVIDERS, ...own.providers.values()];
    return new Set(all.filter(hasCredential).map(({ id }) => id));
  }

  /** The caller's own providers, once all that it needs is in memory. */
  private async ownOf(principal: Principal): Promise<OwnProviders> {
    await Promise.all([this.credentials.ready(principal), this.custom.ready(principal)]);
    return this.custom.of(principal);
  }
}

/** What a caller sees the catalogue through. */
interface Scope {
  readonly snapshot: CatalogueSnapshot;
  readonly own: OwnProviders;
  readonly reached: ReadonlySet<string>;
  readonly rules: RuleSet;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A model with those of its offers that the caller may use; undefined where there are none. */
function viewIn(
  { snapshot, own, reached, rules, now }: Scope,
  model: CatalogueModel,
  { includeDeactivated, excludeDeprecated }: ModelFilter,
): ModelView | undefined {
  const isListed = (offer: Offer): boolean =>
    offer.variant === null &&
    reached.has(offer.providerId) &&
    (includeDeactivated || offer.status !== 'removed') &&
    (!excludeDeprecated || offer.status !== 'deprecated') &&
    permissionOf(rules, snapshot, offer, now).allowed;
  const everywhere = [...snapshot.offersOf(model.id), ...own.snapshot.offersOf(model.id)];
  const offers = everywhere.filter(isListed);
  if (offers.length === 0) return undefined;
  return modelView(model, snapshot.aliasesOf(model.id), offers, now);
}
