import { Module } from '@nestjs/common';
import { CatalogueSeedService } from './catalogue/catalogue-seed.service.js';
import { CatalogueUpdatesService } from './catalogue/catalogue-updates.service.js';
import { CatalogueService } from './catalogue/catalogue.service.js';
import { ModelListService } from './catalogue/model-list.service.js';
import { CredentialsModule } from './credentials/credentials.module.js';
import { RuleExplanationController } from './routing/rule-explanation.controller.js';
import { RuleExplanationService } from './routing/rule-explanation.service.js';
import { RoutingService } from './routing/routing.service.js';

/** Catalogue and prices, credentials, and the wire to the providers. */
@Module({
  imports: [CredentialsModule],
  controllers: [RuleExplanationController],
  providers: [
    CatalogueService,
    CatalogueUpdatesService,
    ModelListService,
    RoutingService,
    RuleExplanationService,
  ],
  exports: [CatalogueService, CredentialsModule, ModelListService, RoutingService],
})
export class ProvidersModule {}

/** What brings the catalogue's files into Postgres, for the seed. */
@Module({ providers: [CatalogueSeedService], exports: [CatalogueSeedService] })
export class CatalogueSeedModule {}
