/** Statuses that any answer may have; what lies behind them is not of the single operation. */
const everywhere = [400, 500];

const titles = {
  400: 'The request is not valid; `param` names the field.',
  401: 'The key or token is missing, unknown, revoked or has expired.',
  402: 'Credit or a budget is exhausted.',
  403: 'The key or token may not do that.',
  404: 'There is no such thing, or not for this key or token.',
  405: 'The route does not take this method.',
  408: 'The body of the request did not arrive in time.',
  409: 'The state of the resource forbids that, or the idempotency key was used with another body.',
  412: 'The resource has changed since the version that `If-Match` names.',
  413: 'The request is too large.',
  415: 'The body is not JSON.',
  429: 'Too many requests; `Retry-After` says when to try again.',
  500: 'The gateway failed.',
  502: 'The provider failed, or refused the gateway.',
  503: 'The provider or the gateway is overloaded.',
  504: 'The provider did not answer in time.',
};

/** The error envelope, with the codes of `ERRORS` (src/core/errors.ts). */
export function errorSchema(errors) {
  const types = [...new Set(Object.values(errors).map(([, type]) => type))];
  return {
    type: 'object',
    description: 'What every answer other than 2xx says.',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['message', 'type', 'param', 'code'],
        properties: {
          message: { type: 'string', description: 'For people.' },
          type: { type: 'string', enum: types },
          param: { type: ['string', 'null'], description: 'Path of the field that is wrong.' },
          code: { type: 'string', enum: Object.keys(errors), description: 'For programs.' },
        },
      },
    },
  };
}

/** The shared answers, by status: `{Error400: …}`, each with an example. */
export function errorResponses(errors) {
  const statuses = new Set(Object.values(errors).map(([status]) => status));
  return Object.fromEntries(
    [...statuses].sort().map((status) => [`Error${status}`, errorResponse(errors, status)]),
  );
}

function errorResponse(errors, status) {
  const rows = Object.entries(errors).filter(([, row]) => row[0] === status);
  const codes = rows.map(([code]) => `\`${code}\``).join(', ');
  const description = titles[status];
  if (!description) throw new Error(`scripts/openapi/errors.mjs has no sentence for ${status}.`);
  const [code, [, type, message]] = rows[0];
  return {
    description: `${description} Codes: ${codes}.`,
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Error' },
        example: { error: { message, type, param: null, code } },
      },
    },
  };
}

/** The error answers of an operation. */
export function errorsOf({ method, path, access, versioned }) {
  const statuses = [...everywhere];
  const isCall = path.startsWith('/v1/');
  const isWrite = method !== 'get';
  if (access !== 'public' && access !== 'metrics') statuses.push(401, 403, 429);
  if (path.includes('{') || access === 'metrics' || isCall) statuses.push(404);
  if (isWrite) statuses.push(408, 413, 415);
  if (isWrite && !isCall) statuses.push(409);
  if (isWrite && isCall) statuses.push(402, 502, 503, 504);
  if (versioned) statuses.push(412);
  return Object.fromEntries(
    statuses
      .sort((one, other) => one - other)
      .map((status) => [status, { $ref: `#/components/responses/Error${status}` }]),
  );
}
