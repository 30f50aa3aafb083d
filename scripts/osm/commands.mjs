/**
 * The commands, by noun and verb. A command is an operation of docs/openapi.json, from which its flags come; `platform`
 * is the one that `--platform` chooses. `columns` are shown of lists, `flat` names bodies whose fields need no prefix.
 */
export const nouns = {
  me: {
    summary: 'whose token is used',
    commands: {
      get: { operation: 'getMe', isDefault: true, examples: ['osm me'] },
    },
  },
  org: {
    summary: 'organizations: customers of the platform',
    commands: {
      list: {
        operation: 'listOrganizations',
        columns: ['id', 'name', 'status', 'retention', 'created_at'],
        examples: ['osm org list', 'osm org list --status suspended --json'],
      },
      get: { operation: 'getOrganization', examples: ['osm org get org_01…'] },
      create: {
        operation: 'createOrganization',
        examples: [
          'osm org create --name "Acme"',
          'osm org create --name "Acme" --owner-email ada@acme.example --owner-name Ada',
        ],
      },
      update: {
        operation: 'updateOrganization',
        examples: [
          'osm org update org_01… --retention full --body-days 7',
          'osm org update org_01… --status suspended',
          'osm org update org_01… --plan-multiplier 1.2',
        ],
      },
      delete: { operation: 'deleteOrganization', examples: ['osm org delete org_01…'] },
    },
  },
  member: {
    summary: 'people of an organization',
    commands: {
      list: {
        operation: 'listMembers',
        columns: ['id', 'email', 'name', 'role', 'status'],
        examples: ['osm member list', 'osm member list --org org_01… --role admin'],
      },
      get: { operation: 'getMember', examples: ['osm member get mem_01…'] },
      create: {
        operation: 'createMember',
        examples: ['osm member create --email bo@acme.example --name Bo --role developer'],
      },
      update: {
        operation: 'updateMember',
        examples: ['osm member update mem_01… --role viewer'],
      },
      delete: { operation: 'deleteMember', examples: ['osm member delete mem_01…'] },
    },
  },
  token: {
    summary: 'admin tokens, of a member or with --platform of operators',
    commands: {
      list: {
        operation: 'listMemberTokens',
        platform: 'listPlatformTokens',
        columns: ['id', 'name', 'prefix', 'created_at', 'expires_at'],
        examples: ['osm token list --member mem_01…', 'osm token list --platform'],
      },
      create: {
        operation: 'createMemberToken',
        platform: 'createPlatformToken',
        examples: [
          'osm token create --member mem_01… --name laptop',
          'osm token create --platform --name backup --expires-at 2030-01-01T00:00:00Z',
        ],
      },
      delete: {
        operation: 'deleteMemberToken',
        platform: 'deletePlatformToken',
        examples: ['osm token delete adm_01… --member mem_01…'],
      },
      bootstrap: {
        operation: 'exchangeBootstrapToken',
        examples: ['OSM_ADMIN_TOKEN=<bootstrap token> osm token bootstrap --name "First operator"'],
      },
    },
  },
  project: {
    summary: 'projects: what keys belong to',
    commands: {
      list: {
        operation: 'listProjects',
        columns: ['id', 'name', 'mode', 'status', 'created_at'],
        examples: ['osm project list'],
      },
      get: { operation: 'getProject', examples: ['osm project get prj_01…'] },
      create: {
        operation: 'createProject',
        examples: ['osm project create --name "Search" --mode hybrid'],
      },
      update: {
        operation: 'updateProject',
        examples: ['osm project update prj_01… --mode api-keys'],
      },
      delete: { operation: 'deleteProject', examples: ['osm project delete prj_01…'] },
    },
  },
  key: {
    summary: 'API keys',
    commands: {
      list: {
        operation: 'listKeys',
        columns: ['id', 'name', 'prefix', 'status', 'project_id', 'expires_at'],
        examples: ['osm key list', 'osm key list --status revoked --all'],
      },
      get: { operation: 'getKey', examples: ['osm key get key_01…'] },
      create: {
        operation: 'createKey',
        examples: [
          'osm key create --name ci --project prj_01…',
          'osm key create --name ci --project prj_01… --expires-at 2030-01-01T00:00:00Z',
        ],
      },
      update: {
        operation: 'updateKey',
        examples: ['osm key update key_01… --status disabled'],
      },
      rotate: {
        operation: 'rotateKey',
        examples: ['osm key rotate key_01… --overlap-seconds 3600'],
      },
      delete: { operation: 'deleteKey', examples: ['osm key delete key_01…'] },
    },
  },
  credential: {
    summary: "providers' keys, of an organization or with --platform of the platform",
    commands: {
      list: {
        operation: 'listCredentials',
        platform: 'listPlatformCredentials',
        columns: ['id', 'provider_id', 'name', 'status', 'priority', 'hint', 'verified_at'],
        examples: ['osm credential list --platform'],
      },
      get: {
        operation: 'getCredential',
        platform: 'getPlatformCredential',
        examples: ['osm credential get crd_01… --platform'],
      },
      create: {
        operation: 'createCredential',
        platform: 'createPlatformCredential',
        examples: [
          'osm credential create --platform --provider openai --name main --secret - < key.txt',
          'OSM_SECRET=sk-… osm credential create --provider groq --name ours',
        ],
      },
      update: {
        operation: 'updateCredential',
        platform: 'updatePlatformCredential',
        examples: ['osm credential update crd_01… --platform --status disabled'],
      },
      delete: {
        operation: 'deleteCredential',
        platform: 'deletePlatformCredential',
        examples: ['osm credential delete crd_01… --platform'],
      },
    },
  },
  rule: {
    summary: 'rules: which models, providers, prices and addresses may be used',
    commands: {
      list: {
        operation: 'listRules',
        columns: ['id', 'scope', 'scope_id', 'effect', 'kind', 'subject', 'note'],
        examples: ['osm rule list', 'osm rule list --scope api_key --scope-id key_01…'],
      },
      get: { operation: 'getRule', examples: ['osm rule get rul_01…'] },
      create: {
        operation: 'createRule',
        flat: ['subject'],
        examples: [
          'osm rule create --scope project --scope-id prj_01… --effect allow --kind model --models gpt-4o "anthropic/*"',
          'osm rule create --scope api_key --scope-id key_01… --effect allow --kind ip --ranges 10.0.0.0/8',
          'osm rule create --scope project --scope-id prj_01… --effect allow --kind price_ceiling --output 15',
        ],
      },
      update: {
        operation: 'updateRule',
        flat: ['subject'],
        examples: ['osm rule update rul_01… --models gpt-4o'],
      },
      delete: { operation: 'deleteRule', examples: ['osm rule delete rul_01…'] },
      explain: {
        operation: 'explainRules',
        examples: ['osm rule explain --key key_01… --model gpt-4o'],
      },
    },
  },
  request: {
    summary: 'the request log',
    commands: {
      list: {
        operation: 'listRequests',
        platform: 'listPlatformRequests',
        columns: ['id', 'started_at', 'used_model', 'used_provider', 'status', 'cost_usd'],
        examples: [
          'osm request list --limit 20',
          'osm request list --since 2030-01-01T00:00:00Z --status 502 --platform',
          'osm request list --tag team:search --min-cost 0.05',
        ],
      },
      get: {
        operation: 'getRequest',
        platform: 'getPlatformRequest',
        examples: ['osm request get tx_osm_01…'],
      },
      body: { operation: 'getRequestBody', examples: ['osm request body tx_osm_01…'] },
      export: {
        operation: 'exportRequests',
        examples: ['osm request export --since 2030-01-01T00:00:00Z > requests.ndjson'],
      },
    },
  },
  usage: {
    summary: 'requests, tokens and cost, added up',
    commands: {
      get: {
        operation: 'getUsage',
        platform: 'getPlatformUsage',
        isDefault: true,
        examples: ['osm usage --group-by model', 'osm usage --group-by day --platform'],
      },
    },
  },
  'audit-log': {
    summary: 'who changed what',
    commands: {
      list: {
        operation: 'getAuditLog',
        platform: 'getPlatformAuditLog',
        columns: ['at', 'actor_kind', 'actor_id', 'action', 'target_id', 'address'],
        examples: ['osm audit-log list --action api_key.create', 'osm audit-log list --platform'],
      },
    },
  },
};
