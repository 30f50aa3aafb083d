export { CallReportClient, type CallAnswer } from './call-reports/call-report.client.js';
export { CallReportsModule } from './call-reports/call-reports.module.js';
export { CatalogueSeedService } from './catalogue/catalogue-seed.service.js';
export { blameCredential } from './credentials/redact.js';
export { CatalogueService } from './catalogue/catalogue.service.js';
export { ModelListService } from './catalogue/model-list.service.js';
export { CatalogueSeedModule, ProvidersModule } from './providers.module.js';
export { annotationsOf as annotationsOfSources } from './protocols/chat-completions/citations.js';
export type { StreamOutput, UpstreamAnswer } from './protocols/protocol.js';
export { RoutingService, type Plan, type Resolution } from './routing/routing.service.js';
export { TargetHealthService } from './routing/health/target-health.service.js';
export type { PlannedSearch } from './routing/search-plan.js';
export { MAX_QUERY, type FoundPage, type SearchQuery } from './search/search-provider.js';
export { SEARCH_MODEL, searchPriceOf, type SearchTarget } from './search/targets.js';
export { WebSearchService } from './search/web-search.service.js';
export {
  CONTEXT_SIZES,
  isWebSearchTool,
  type SearchDomains,
  type WebSearchWish,
} from './search/wish.js';
export { SseReader } from './sse.js';
export { streamReaderFor, type StreamReader } from './stream-reader.js';
export {
  UpstreamClient,
  type UpstreamExchange,
  type UpstreamHead,
  type UpstreamReceiver,
} from './upstream.client.js';
