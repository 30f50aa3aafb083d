/** Last segments of paths that say what is done, not to what. */
const actions = new Set(['rotate', 'explain', 'export']);

const verbs = { post: 'create', patch: 'update', put: 'replace', delete: 'delete' };

/** The groups of operations, in the order in which one meets them: name, and what it is about. */
const tags = {
  calls: ['Calls', 'What applications call, in the shape of the OpenAI API, with an API key.'],
  me: ['Access', 'Who one is, and how the first operator gets in.'],
  bootstrap: 'me',
  organizations: [
    'Organizations',
    'Customers of the platform: each has a wallet, projects and keys.',
  ],
  members: ['Members', 'People of an organization, their roles and their admin tokens.'],
  tokens: ['Operator tokens', 'Admin tokens of those who run the platform.'],
  projects: ['Projects', 'What keys belong to; a project says whose provider keys are used.'],
  keys: ['API keys', 'What applications call with.'],
  rules: ['Rules', 'Which models, providers, prices and addresses a key may use.'],
  credentials: ['Provider credentials', 'Keys of providers, of an organization or the platform.'],
  providers: [
    'Own providers',
    'Providers that were added at run time, of an organization or the platform.',
  ],
  wallet: [
    'Wallet',
    'Credit of an organization, and every movement of it. Amounts are decimal strings in USD.',
  ],
  budgets: ['Budgets', 'How much may be spent in a period.'],
  'budget-alerts': 'budgets',
  limits: ['Limits', 'How many requests and tokens a minute or a day may have.'],
  requests: ['Requests', 'The request log.'],
  usage: ['Usage', 'Requests, tokens and cost, added up.'],
  reports: 'usage',
  statements: ['Statements', 'The bill of a month.'],
  'audit-log': ['Audit log', 'Who changed what, and from where.'],
  reconciliations: ['Reconciliation', 'Bills of providers, compared with the books.'],
  'suspense-items': 'reconciliations',
  'suspense-acceptances': 'reconciliations',
  'quarantined-processes': ['Quarantine', 'Machines that are gone, and what they had leased.'],
  'quarantine-releases': 'quarantined-processes',
  catalogue: [
    'Catalogue',
    'Models and prices: what a source would change, what was published, what is announced.',
  ],
  'audit-runs': ['Audits of the books', 'Whether the ledger adds up, as the worker found it.'],
  health: ['Health', 'For balancers and monitoring.'],
  metrics: 'health',
};

/** `/admin/v1/organizations/{organization_id}/keys/{key_id}` → of an organization, `keys`, `{key_id}`. */
function partsOf(path) {
  const [, , , ...segments] = path.split('/');
  const within = segments[0] === 'organizations' && segments.length > 2;
  return { within, segments: within ? segments.slice(2) : segments };
}

const isParameter = (segment) => segment.startsWith('{');
const singular = (segment) => segment.replace(/s$/, '');
const camel = (words) =>
  words
    .join('-')
    .split('-')
    .map((word) => word[0].toUpperCase() + word.slice(1))
    .join('');

/** The name of an operation of the admin API, for example `listMemberTokens`; of the platform's own `listPlatformTokens`. */
export function operationId(method, path) {
  const { within, segments } = partsOf(path);
  const words = segments.filter((segment) => !isParameter(segment));
  const isOfPlatform = !within && !['organizations', 'me', 'bootstrap'].includes(words[0]);
  const scope = isOfPlatform ? ['platform'] : [];
  const last = words.at(-1);
  const isItem = isParameter(segments.at(-1));
  if (actions.has(last)) {
    const subject = segments.slice(0, -1).some(isParameter) ? singular(words.at(-2)) : words.at(-2);
    return last + camel([...scope, subject]);
  }
  const owners = words.slice(0, -1).map(singular);
  if (method === 'get' && !isItem) {
    return (last.endsWith('s') ? 'list' : 'get') + camel([...scope, ...owners, last]);
  }
  return (method === 'get' ? 'get' : verbs[method]) + camel([...scope, ...owners, singular(last)]);
}

/**
 * The group of an operation: `{name, description, order}`.
 *
 * @throws {Error} for a collection that no group is known for
 */
export function tagOf(path) {
  const collection = path.startsWith('/admin/') ? partsOf(path).segments[0] : topOf(path);
  const found = tags[collection];
  const key = typeof found === 'string' ? found : collection;
  if (!found) throw new Error(`scripts/openapi/names.mjs has no tag for ${collection} (${path}).`);
  const [name, description] = tags[key];
  return { name, description, order: Object.keys(tags).indexOf(key) };
}

function topOf(path) {
  const [, top] = path.split('/');
  return top === 'v1' ? 'calls' : top;
}
