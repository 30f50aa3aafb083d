import { bodyContext, bodyText } from '../../../src/billing/retention/kept-body.js';
import type { Role } from '../../../src/core/admin.js';
import type { SecretBoxService } from '../../../src/platform/secrets/secret-box.service.js';
import { nextUlid } from '../../../src/platform/ulid.adapter.js';
import type { TestOrganization } from '../../support/admin.js';
import type { AdminClient } from '../../support/admin-caller.js';
import { newKey, postCall } from '../../support/money-api.js';
import type { Rows } from '../../support/tenant.js';

/** Where things are made. */
export interface Stage {
  readonly rows: Rows;
  readonly box: SecretBoxService;
  readonly operator: AdminClient;
  as(token: string | undefined): AdminClient;
  makeOrganization(): Promise<TestOrganization>;
  /** A provider that takes `secret`. */
  readonly provider: { readonly url: string; readonly secret: string };
}

/**
 * One of everything that a tenant can have. `ids` has an entry for every path parameter, by its name, and for all else
 * that a body or query may name.
 */
export interface Things {
  readonly organization: TestOrganization;
  readonly ids: Readonly<Record<string, string>>;
  /** The same of what belongs to the platform and not to a tenant. */
  readonly platformIds: Readonly<Record<string, string>>;
  /** An API key that may make keys; `ids.key_id` is one that it made. */
  readonly makerKey: string;
  readonly provider: Stage['provider'];
  /** For what may be there once: different in every set of things. */
  readonly mark: string;
}

/** Makes them. `walker` is the role of the member who will use them: who may touch only their own has `member_id`. */
export async function makeThings(stage: Stage, walker: Role = 'owner'): Promise<Things> {
  const organization = await stage.makeOrganization();
  const { projectId } = organization;
  const role = walker === 'owner' || walker === 'admin' ? 'viewer' : walker;
  const member = organization.members[role].id;
  const make = (path: string, body: object): Promise<Made> =>
    create(stage.operator, `${organization.path}/${path}`, body);
  const [maker, key] = await makeKeys(stage, organization);
  const place = { scope: 'api_key', scope_id: key.id };
  const subject = { models: ['gpt-4o'] };
  const token = await make(`members/${member}/tokens`, { name: 'Spare' });
  const rule = await make('rules', { ...place, effect: 'allow', kind: 'model', subject });
  const credential = await make('credentials', credentialBody(stage));
  const budget = await make('budgets', { ...place, period: 'month', amount: '10' });
  const limit = await make('limits', { ...place, kind: 'concurrency', amount: 5 });
  const topUp = await make('wallet/top-ups', { amount: '10' });
  const call = await postCall(stage.rows, organization, '0.5', { key: key.id });
  await keepBody(stage, organization.id, call);
  await raiseAlert(stage.rows, organization.id, budget.id);
  const price = await schedulePrice(stage.rows);
  const own = await makeProvider(stage, organization.path);
  return {
    organization,
    ids: {
      organization_id: organization.id,
      project_id: projectId,
      member_id: member,
      token_id: token.id,
      key_id: key.id,
      rule_id: rule.id,
      credential_id: credential.id,
      request_id: call,
      budget_id: budget.id,
      limit_id: limit.id,
      transaction_id: topUp.id,
      price_id: price,
      provider_id: own.id,
    },
    platformIds: { ...(await makePlatformThings(stage)), price_id: price },
    makerKey: maker['key'] ?? '',
    provider: stage.provider,
    mark: nextUlid().toLowerCase(),
  };
}

/** What was made, as far as its fields are texts. */
type Made = Readonly<Record<string, string>> & { readonly id: string };

async function create(client: AdminClient, path: string, body: object): Promise<Made> {
  const { status, body: made } = await client.post(path, body, newKey());
  if (status === 201) return made as Made;
  throw new Error(`POST ${path} was answered ${status}: ${JSON.stringify(made)}`);
}

/** A key that may make keys, and one that it made. */
async function makeKeys(
  stage: Stage,
  { path, projectId }: TestOrganization,
): Promise<[Made, Made]> {
  const place = { project_id: projectId };
  const maker = { name: 'Maker', may_create_keys: true, ...place };
  const made = await create(stage.operator, `${path}/keys`, maker);
  return [made, await create(stage.as(made['key']), `${path}/keys`, { name: 'Made', ...place })];
}

async function makePlatformThings(stage: Stage): Promise<Readonly<Record<string, string>>> {
  const credential = await create(stage.operator, '/admin/v1/credentials', credentialBody(stage));
  const token = await create(stage.operator, '/admin/v1/tokens', { name: 'Spare' });
  const provider = await makeProvider(stage, '/admin/v1');
  return { credential_id: credential.id, token_id: token.id, provider_id: provider.id };
}

/** A provider below this path, and a credential for it. */
async function makeProvider(stage: Stage, path: string): Promise<Made> {
  const provider = await create(stage.operator, `${path}/providers`, providerBody(stage));
  const credential = { ...credentialBody(stage), provider_id: provider['slug'] };
  await create(stage.operator, `${path}/credentials`, credential);
  return provider;
}

function credentialBody({ provider }: Stage): object {
  return { provider_id: 'openai', name: 'Main', secret: provider.secret, base_url: provider.url };
}

function providerBody({ provider }: Stage): object {
  return {
    slug: `local-${nextUlid().toLowerCase()}`,
    name: 'Local',
    protocol: 'chat-completions',
    base_url: provider.url,
    models: [{ id: 'local-model', prices: { input: '1', output: '2' } }],
  };
}

async function keepBody({ rows, box }: Stage, organizationId: string, call: string): Promise<void> {
  const text = bodyText({ request: { model: 'm' }, answer: null, error: null, truncated: false });
  const sealed = box.seal(text, bodyContext(call, organizationId));
  await rows.query(
    `INSERT INTO request_body (call_id, organization_id, key_id, wrapped_key, ciphertext, started_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, now(), now() + interval '1 day')`,
    [
      ...[call, organizationId, sealed.keyId],
      ...[Buffer.from(sealed.wrappedKey), Buffer.from(sealed.ciphertext)],
    ],
  );
}

async function raiseAlert(rows: Rows, organizationId: string, budgetId: string): Promise<void> {
  await rows.query(
    `INSERT INTO budget_alert (id, organization_id, quota_id, period, threshold, cap, spent)
     VALUES ($1, $2, $3, 0, 50, 10, 5)`,
    [`bal_${nextUlid()}`, organizationId, budgetId],
  );
}

/** A price of the stage's model that begins in a far year. */
async function schedulePrice(rows: Rows): Promise<string> {
  const id = `pv_${nextUlid()}`;
  await rows.query(
    `INSERT INTO price_version (id, offer_id, valid_from, source)
     SELECT $1, 'openai/gpt-4o', timestamptz '2090-01-01' + count(*) * interval '1 day', 'test' FROM price_version`,
    [id],
  );
  return id;
}
