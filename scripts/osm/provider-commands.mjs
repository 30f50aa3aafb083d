/** The commands about providers, models and prices, in the form of commands.mjs. */
export const providerNouns = {
  provider: {
    summary: 'providers added at run time, of an organization or with --platform for all',
    commands: {
      list: {
        operation: 'listProviders',
        platform: 'listPlatformProviders',
        columns: ['id', 'slug', 'name', 'protocol', 'base_url'],
        examples: ['osm provider list', 'osm provider list --platform'],
      },
      get: {
        operation: 'getProvider',
        platform: 'getPlatformProvider',
        examples: ['osm provider get prv_01…'],
      },
      create: {
        operation: 'createProvider',
        platform: 'createPlatformProvider',
        examples: [
          `osm provider create --slug local --name Local --protocol chat-completions --base-url https://llm.example.com/v1 --models '[{"id":"qwen3","prices":{"input":"0.1","output":"0.2"}}]'`,
        ],
      },
      update: {
        operation: 'updateProvider',
        platform: 'updatePlatformProvider',
        examples: [`osm provider update prv_01… --models '[{"id":"qwen3","free":true}]'`],
      },
      delete: {
        operation: 'deleteProvider',
        platform: 'deletePlatformProvider',
        examples: ['osm provider delete prv_01…'],
      },
      models: {
        operation: 'listProviderModels',
        platform: 'listPlatformProviderModels',
        columns: ['id', 'is_declared'],
        examples: ['osm provider models --provider prv_01…'],
      },
    },
  },
  catalogue: {
    summary: 'models and prices; `npm run catalogue` imports them',
    commands: {
      plan: {
        operation: 'createPlatformCataloguePlan',
        examples: [
          'osm catalogue plan --format models.dev --source-url https://models.dev/api.json --json > plan.json',
        ],
      },
      apply: {
        operation: 'createPlatformCatalogueRevision',
        examples: ['osm catalogue apply --plan "$(cat plan.json)"'],
      },
      revisions: {
        operation: 'listPlatformCatalogueRevisions',
        columns: ['number', 'created_at', 'origin', 'offers', 'prices', 'source'],
        examples: ['osm catalogue revisions --limit 5'],
      },
      scheduled: {
        operation: 'listPlatformCatalogueScheduledPrices',
        columns: ['id', 'offer_id', 'valid_from', 'source'],
        examples: ['osm catalogue scheduled'],
      },
      cancel: {
        operation: 'deletePlatformCatalogueScheduledPrice',
        examples: ['osm catalogue cancel pv_01…'],
      },
    },
  },
};
