import { Injectable } from '@nestjs/common';
import type { Offer } from '../../core/offer.js';
import { CredentialService } from '../credentials/credential.service.js';
import { PROVIDERS } from '../definitions/registry.js';
import type { CatalogueModel } from './catalogue-snapshot.js';
import { CatalogueService } from './catalogue.service.js';
import { modelView } from './model-view.js';

export interface ModelFilter {
  /** Also models that no provider serves any more. */
  readonly includeDeactivated: boolean;
  readonly excludeDeprecated: boolean;
}

type ModelView = Record<string, unknown>;

/** GET /v1/models: the models that this gateway can reach, each with who serves it and at which price. */
@Injectable()
export class ModelListService {
  private readonly reachable: ReadonlySet<string>;

  constructor(
    private readonly catalogue: CatalogueService,
    credentials: CredentialService,
  ) {
    this.reachable = new Set(
      PROVIDERS.filter((provider) => credentials.isReachable(provider)).map(({ id }) => id),
    );
  }

  list(filter: ModelFilter): ModelView[] {
    const snapshot = this.catalogue.snapshot();
    const views: ModelView[] = [];
    for (const model of snapshot.models()) {
      const offers = this.offersOf(model, filter);
      if (offers.length > 0) views.push(this.view(model, offers));
    }
    return views;
  }

  /** One model by id or alias; also one that no provider serves any more. */
  get(name: string): ModelView | undefined {
    const model = this.catalogue.snapshot().findModel(name);
    if (!model) return undefined;
    const offers = this.offersOf(model, { includeDeactivated: true, excludeDeprecated: false });
    return offers.length > 0 ? this.view(model, offers) : undefined;
  }

  private offersOf(model: CatalogueModel, filter: ModelFilter): Offer[] {
    return this.catalogue
      .snapshot()
      .offersOf(model.id)
      .filter(
        (offer) =>
          offer.variant === null &&
          this.reachable.has(offer.providerId) &&
          (filter.includeDeactivated || offer.status !== 'removed') &&
          (!filter.excludeDeprecated || offer.status !== 'deprecated'),
      );
  }

  private view(model: CatalogueModel, offers: readonly Offer[]): ModelView {
    const snapshot = this.catalogue.snapshot();
    return modelView(model, snapshot.aliasesOf(model.id), offers, Date.now());
  }
}
