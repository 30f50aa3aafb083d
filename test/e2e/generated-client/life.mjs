/**
 * The whole life of a tenant, by a client that knows nothing but the OpenAPI document. `#schema` are the types that
 * openapi-typescript makes of it; the spec checks this file against them before it is run.
 *
 * @import {paths} from '#schema'
 */
import createClient from 'openapi-fetch';

/** @param {string} baseUrl @param {string} token */
const clientOf = (baseUrl, token) => {
  /** @type {import('openapi-fetch').Client<paths>} */
  const client = createClient({ baseUrl, headers: { authorization: `Bearer ${token}` } });
  return client;
};

/**
 * @template T
 * @param {{data?: T, error?: unknown, response: Response}} answer
 * @returns {T}
 */
function dataOf({ data, error, response }) {
  if (data === undefined) throw new Error(`${response.status}: ${JSON.stringify(error)}`);
  return data;
}

const ORGANIZATION = '/admin/v1/organizations/{organization_id}';

/** @param {string} baseUrl @param {string} operatorToken */
export async function makeTenant(baseUrl, operatorToken) {
  const operator = clientOf(baseUrl, operatorToken);
  const body = { name: 'Acme', owner: { email: 'ada@acme.example', name: 'Ada' } };
  const organization = dataOf(await operator.POST('/admin/v1/organizations', { body }));
  const path = { organization_id: organization.id };
  const payment = await operator.POST(`${ORGANIZATION}/wallet/top-ups`, {
    params: { path, header: { 'Idempotency-Key': 'payment-1' } },
    body: { amount: '10' },
  });
  const { amount } = dataOf(payment);
  if (!organization.owner) throw new Error('there is no owner');
  return { path, amount, ownerToken: organization.owner.admin_token.token };
}

/** @param {string} baseUrl @param {string} ownerToken @param {{organization_id: string}} path */
export async function makeKey(baseUrl, ownerToken, path) {
  const owner = clientOf(baseUrl, ownerToken);
  const project = dataOf(
    await owner.POST(`${ORGANIZATION}/projects`, { params: { path }, body: { name: 'Search' } }),
  );
  const key = dataOf(
    await owner.POST(`${ORGANIZATION}/keys`, {
      params: { path },
      body: { name: 'ci', project_id: project.id },
    }),
  );
  const rule = dataOf(
    await owner.POST(`${ORGANIZATION}/rules`, {
      params: { path },
      body: {
        scope: 'api_key',
        scope_id: key.id,
        effect: 'allow',
        kind: 'model',
        subject: { models: ['sandbox-small'] },
      },
    }),
  );
  // The types hold: what the document does not allow is refused before it is sent.
  const wrong = await owner.POST(`${ORGANIZATION}/projects`, {
    params: { path },
    // @ts-expect-error a name is text
    body: { name: 5 },
  });
  return { key, rule, refused: wrong.error?.error.param };
}

/** @param {string} baseUrl @param {string} apiKey @param {string} model */
export async function call(baseUrl, apiKey, model) {
  const { data, error, response } = await clientOf(baseUrl, apiKey).POST('/v1/chat/completions', {
    body: { model, messages: [{ role: 'user', content: '[[tokens=3]]' }] },
  });
  // A stream would be a text.
  const completion = typeof data === 'object' ? data : undefined;
  return {
    status: response.status,
    id: completion?.id,
    cost: completion?.usage.cost_usd_total,
    code: error?.error.code,
  };
}

/** @param {string} baseUrl @param {string} ownerToken @param {{organization_id: string}} path */
export async function readRequests(baseUrl, ownerToken, path) {
  const owner = clientOf(baseUrl, ownerToken);
  const answer = await owner.GET(`${ORGANIZATION}/requests`, {
    params: { path, query: { outcome: 'completed', limit: 10 } },
  });
  return dataOf(answer).data;
}

/** @param {string} baseUrl @param {string} ownerToken @param {{organization_id: string, key_id: string}} path */
export async function rotateKey(baseUrl, ownerToken, path) {
  const owner = clientOf(baseUrl, ownerToken);
  return dataOf(
    await owner.POST(`${ORGANIZATION}/keys/{key_id}/rotate`, {
      params: { path },
      body: { overlap_seconds: 0 },
    }),
  );
}

/** @param {string} baseUrl @param {string} ownerToken @param {{organization_id: string, key_id: string}} path */
export async function revokeKey(baseUrl, ownerToken, path) {
  const owner = clientOf(baseUrl, ownerToken);
  return dataOf(await owner.DELETE(`${ORGANIZATION}/keys/{key_id}`, { params: { path } }));
}

/** @param {string} baseUrl @param {string} ownerToken @param {{organization_id: string}} path */
export async function deleteTenant(baseUrl, ownerToken, path) {
  const owner = clientOf(baseUrl, ownerToken);
  const { deleted } = dataOf(await owner.DELETE(ORGANIZATION, { params: { path } }));
  const after = await owner.GET(ORGANIZATION, { params: { path } });
  return { deleted, afterwards: after.response.status };
}
