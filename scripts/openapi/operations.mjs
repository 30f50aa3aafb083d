import { described } from './calls.mjs';
import { errorsOf } from './errors.mjs';
import { operationId, tagOf } from './names.mjs';

const idempotencyKey = { $ref: '#/components/parameters/IdempotencyKey' };
const requiredIdempotencyKey = { $ref: '#/components/parameters/RequiredIdempotencyKey' };
const ifMatch = { $ref: '#/components/parameters/IfMatch' };

/** Headers that several operations take. */
export const sharedParameters = {
  IdempotencyKey: idempotency(false),
  RequiredIdempotencyKey: idempotency(true),
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: 'The ETag that was read; where the resource has changed since, nothing is done.',
    schema: { type: 'string' },
    example: '"3"',
  },
};

function idempotency(required) {
  return {
    name: 'Idempotency-Key',
    in: 'header',
    required,
    description: 'The same key and the same body again: the first answer again, and nothing done.',
    schema: { type: 'string', maxLength: 255 },
  };
}

/** Headers that several answers have. */
export const sharedHeaders = {
  ETag: { description: 'The version, for If-Match.', schema: { type: 'string' } },
};

const schemes = {
  public: [],
  metrics: [{}, { metricsToken: [] }],
  api_key: [{ apiKey: [] }],
};

/**
 * Finishes an operation: name, group, who may, headers, errors.
 *
 * @param {{method: string, path: string, operation: object, access: object, schemas: object}} route
 */
export function finishOperation({ method, path, operation, access, schemas }) {
  const special = described[`${method.toUpperCase()} ${path}`] ?? {};
  const { name } = tagOf(path);
  const versioned = isVersioned(method, path, operation, schemas);
  return {
    ...operation,
    operationId: special.operationId ?? operationId(method, path),
    tags: [name],
    summary: firstSentence(operation.summary),
    description: whoMay(access),
    security: schemes[access.access] ?? adminSchemes(access),
    parameters: parametersOf({ method, path, operation, special, versioned }),
    ...(special.requestBody && { requestBody: special.requestBody }),
    responses: {
      ...withHeaders(special.responses ?? operation.responses, schemas),
      ...errorsOf({ method, path, access: access.access, versioned }),
    },
  };
}

function adminSchemes(access) {
  return access.keys ? [{ adminToken: [] }, { apiKey: [] }] : [{ adminToken: [] }];
}

function firstSentence(summary = '') {
  return summary.replace(/\.$/, '');
}

function whoMay(access) {
  return {
    public: 'Needs no key.',
    metrics: 'For this machine; for others with METRICS_TOKEN.',
    api_key: 'For API keys.',
    bootstrap: 'For the bootstrap token that the first start prints.',
    actor: 'For every admin token.',
    platform: 'For operators.',
    organization: ofOrganization(access),
  }[access.access];
}

function ofOrganization({ roles = [], keys }) {
  const people =
    roles.length > 0 && `members of the organization with the role ${roles.join(', ')}`;
  const parties = ['operators', people, keys && 'API keys that may create keys'].filter(Boolean);
  return `For ${parties.join('; ')}.`;
}

function parametersOf({ method, path, operation, special, versioned }) {
  const own = (special.parameters ?? operation.parameters ?? []).map(withoutRequiredDefault);
  const isAdminWrite = path.startsWith('/admin/') && method !== 'get';
  if (!isAdminWrite) return own;
  const key = isMoney(method, path) ? requiredIdempotencyKey : idempotencyKey;
  return [...own, key, ...(versioned ? [ifMatch] : [])];
}

/** What moves money must not be done twice by a client that tries again. */
function isMoney(method, path) {
  return method === 'post' && path.includes('/wallet/');
}

/** What has a default may be left out. */
function withoutRequiredDefault(parameter) {
  return parameter.schema && 'default' in parameter.schema
    ? { ...parameter, required: false }
    : parameter;
}

/** Whether it changes something that has a version, which shows in what reading it gives. */
function isVersioned(method, path, operation, schemas) {
  if (method === 'get' || !path.includes('{') || path.endsWith('/explain')) return false;
  if (method === 'post' && !path.endsWith('/rotate')) return false;
  if (method === 'delete') return !path.includes('/tokens/');
  return hasVersion(operation.responses, schemas);
}

function hasVersion(responses, schemas) {
  return Object.values(responses).some(
    (response) => schemaOf(response, schemas)?.properties?.version,
  );
}

function schemaOf(response, schemas) {
  const name = response.content?.['application/json']?.schema?.$ref?.split('/').at(-1);
  return name === undefined ? undefined : schemas[name];
}

function withHeaders(responses, schemas) {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      {
        ...response,
        description: response.description || 'Done.',
        ...(schemaOf(response, schemas)?.properties?.version && {
          headers: { ETag: { $ref: '#/components/headers/ETag' } },
        }),
      },
    ]),
  );
}
