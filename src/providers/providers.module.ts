import { Module } from '@nestjs/common';
import { TelemetryModule } from '../platform/telemetry/telemetry.module.js';
import { CataloguePlanService } from './catalogue/administration/catalogue-plan.service.js';
import { CatalogueRevisionService } from './catalogue/administration/catalogue-revision.service.js';
import { CatalogueController } from './catalogue/administration/catalogue.controller.js';
import { ScheduledPriceService } from './catalogue/administration/scheduled-price.service.js';
import { SourceDownloadClient } from './catalogue/administration/source-download.client.js';
import { CatalogueSeedService } from './catalogue/catalogue-seed.service.js';
import { CatalogueUpdatesService } from './catalogue/catalogue-updates.service.js';
import { CatalogueService } from './catalogue/catalogue.service.js';
import { ModelListService } from './catalogue/model-list.service.js';
import { CredentialsModule } from './credentials/credentials.module.js';
import { CustomDiscoveryService } from './custom/custom-discovery.service.js';
import { CustomProviderChangeService } from './custom/custom-provider-change.service.js';
import { CustomProviderListService } from './custom/custom-provider-list.service.js';
import { CustomProviderService } from './custom/custom-provider.service.js';
import { OrganizationCustomProviderController } from './custom/organization-custom-provider.controller.js';
import { PlatformCustomProviderController } from './custom/platform-custom-provider.controller.js';
import { DownloadClient } from './download.client.js';
import { TargetHealthService } from './routing/health/target-health.service.js';
import { RuleExplanationController } from './routing/rule-explanation.controller.js';
import { RuleExplanationService } from './routing/rule-explanation.service.js';
import { RoutingService } from './routing/routing.service.js';
import { WebSearchService } from './search/web-search.service.js';

/** Catalogue and prices, credentials, and the wire to the providers. */
@Module({
  imports: [CredentialsModule, TelemetryModule],
  controllers: [
    CatalogueController,
    OrganizationCustomProviderController,
    PlatformCustomProviderController,
    RuleExplanationController,
  ],
  providers: [
    CataloguePlanService,
    CatalogueRevisionService,
    ScheduledPriceService,
    SourceDownloadClient,
    CatalogueService,
    CatalogueUpdatesService,
    CustomDiscoveryService,
    CustomProviderChangeService,
    CustomProviderListService,
    CustomProviderService,
    DownloadClient,
    ModelListService,
    RoutingService,
    RuleExplanationService,
    TargetHealthService,
    WebSearchService,
  ],
  exports: [
    CatalogueService,
    CredentialsModule,
    ModelListService,
    RoutingService,
    TargetHealthService,
    WebSearchService,
  ],
})
export class ProvidersModule {}

/** What brings the catalogue's files into Postgres, for the seed. */
@Module({ providers: [CatalogueSeedService], exports: [CatalogueSeedService] })
export class CatalogueSeedModule {}
