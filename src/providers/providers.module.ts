import { Module } from '@nestjs/common';
import { CatalogueSeedService } from './catalogue/catalogue-seed.service.js';
import { CatalogueService } from './catalogue/catalogue.service.js';
import { CredentialService } from './credentials/credential.service.js';
import { ModelListService } from './catalogue/model-list.service.js';
import { RoutingService } from './routing/routing.service.js';
import { UpstreamClient } from './upstream.client.js';

/** Catalogue and prices, credentials, and the wire to the providers. */
@Module({
  providers: [
    CatalogueService,
    CredentialService,
    ModelListService,
    RoutingService,
    UpstreamClient,
  ],
  exports: [CatalogueService, CredentialService, ModelListService, RoutingService, UpstreamClient],
})
export class ProvidersModule {}

/** What brings the catalogue's files into Postgres, for the seed. */
@Module({ providers: [CatalogueSeedService], exports: [CatalogueSeedService] })
export class CatalogueSeedModule {}
