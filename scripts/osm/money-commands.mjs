/** The commands about money, in the form of commands.mjs. */
export const moneyNouns = {
  wallet: {
    summary: 'credit of an organization',
    commands: {
      get: { operation: 'getWallet', examples: ['osm wallet get'] },
      update: { operation: 'updateWallet', examples: ['osm wallet update --credit-limit 50'] },
      'top-up': {
        operation: 'createWalletTopUp',
        examples: ['osm wallet top-up --amount 100 --external-id invoice-4711 --note "March"'],
      },
      promotion: {
        operation: 'createWalletPromotion',
        examples: ['osm wallet promotion --amount 5 --note "Welcome"'],
      },
      adjustment: {
        operation: 'createWalletAdjustment',
        examples: ['osm wallet adjustment --amount=-0.25 --reason "Charged twice by hand"'],
      },
      refund: {
        operation: 'createWalletRefund',
        examples: ['osm wallet refund --call-id tx_osm_01… --amount 0.01 --reason "Broken answer"'],
      },
      transactions: {
        operation: 'listWalletTransactions',
        columns: ['id', 'occurred_at', 'kind', 'amount', 'call_id', 'note'],
        examples: ['osm wallet transactions --since 2030-01-01T00:00:00Z'],
      },
    },
  },
  budget: {
    summary: 'how much may be spent in a period',
    commands: {
      list: {
        operation: 'listBudgets',
        columns: ['id', 'scope', 'scope_id', 'period', 'amount', 'spent', 'left', 'resets_at'],
        examples: ['osm budget list'],
      },
      get: { operation: 'getBudget', examples: ['osm budget get bud_01…'] },
      create: {
        operation: 'createBudget',
        examples: [
          'osm budget create --scope project --scope-id prj_01… --period month --amount 200',
          'osm budget create --scope organization --scope-id org_01… --period day --amount 10 --enforcement warning',
        ],
      },
      update: { operation: 'updateBudget', examples: ['osm budget update bud_01… --amount 300'] },
      delete: { operation: 'deleteBudget', examples: ['osm budget delete bud_01…'] },
      alerts: {
        operation: 'listBudgetAlerts',
        columns: ['id', 'budget_id', 'threshold', 'created_at'],
        examples: ['osm budget alerts'],
      },
    },
  },
  limit: {
    summary: 'requests and tokens per minute and day',
    commands: {
      list: {
        operation: 'listLimits',
        columns: ['id', 'scope', 'scope_id', 'kind', 'amount'],
        examples: ['osm limit list'],
      },
      get: { operation: 'getLimit', examples: ['osm limit get lim_01…'] },
      create: {
        operation: 'createLimit',
        examples: [
          'osm limit create --scope api_key --scope-id key_01… --kind requests_per_minute --amount 60',
        ],
      },
      update: { operation: 'updateLimit', examples: ['osm limit update lim_01… --amount 120'] },
      delete: { operation: 'deleteLimit', examples: ['osm limit delete lim_01…'] },
    },
  },
  report: {
    summary: 'usage and cost by up to three groups',
    commands: {
      usage: {
        operation: 'getReportUsage',
        platform: 'getPlatformReportUsage',
        examples: [
          'osm report usage --group-by model day',
          'osm report usage --platform --group-by organization --format csv > report.csv',
        ],
      },
      drift: {
        operation: 'getPlatformReportDrift',
        examples: ['osm report drift'],
      },
    },
  },
  reconciliation: {
    summary: "providers' bills, compared with the books",
    commands: {
      create: {
        operation: 'createPlatformReconciliation',
        examples: ['osm reconciliation create --provider openai --csv "$(cat openai-2030-01.csv)"'],
      },
    },
  },
  suspense: {
    summary: 'what bills differ by from the books',
    commands: {
      list: {
        operation: 'listPlatformSuspenseItems',
        columns: ['provider_id', 'day', 'model', 'amount', 'since'],
        examples: ['osm suspense list', 'osm suspense list --provider-id openai'],
      },
      accept: {
        operation: 'createPlatformSuspenseAcceptance',
        examples: [
          'osm suspense accept --provider-id openai --day 2030-01-31 --model gpt-4o --amount 0.12 --reason "Batch calls of the old system"',
        ],
      },
    },
  },
  quarantine: {
    summary: 'machines that are gone, and what they had leased',
    commands: {
      list: {
        operation: 'listPlatformQuarantinedProcesses',
        columns: ['id', 'machine', 'deadline'],
        examples: ['osm quarantine list'],
      },
      release: {
        operation: 'createPlatformQuarantineRelease',
        examples: ['osm quarantine release --machine node-3 --reason "Its disk is lost"'],
      },
    },
  },
  'audit-run': {
    summary: 'whether the books add up',
    commands: {
      list: {
        operation: 'listPlatformAuditRuns',
        columns: ['id', 'created_at', 'scope', 'violations', 'failures'],
        examples: ['osm audit-run list --scope full'],
      },
    },
  },
  statement: {
    summary: 'the bill of a month',
    commands: {
      get: {
        operation: 'getStatement',
        examples: [
          'osm statement get 2030-01',
          'osm statement get 2030-01 --format csv > bill.csv',
        ],
      },
    },
  },
};
