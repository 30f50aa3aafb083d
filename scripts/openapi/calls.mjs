/** What the plugin cannot read: routes that take the bare request, and answers that are no classes. */

const open = { type: 'object', additionalProperties: true };
const object = (properties, more = {}) => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !more.optional?.includes(name)),
  properties,
  additionalProperties: true,
});
const text = { type: 'string' };
const orNull = (type) => ({ type: [type, 'null'] });
const count = { type: 'integer' };
const usd = (description) => ({ type: 'number', description });
const ref = (name) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema, example) => ({ 'application/json': { schema, ...(example && { example }) } });

const exampleRequest = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello!' }] };

/** Schemas of the answers to calls. Further fields of a provider pass through. */
export const callSchemas = {
  ChatUsage: object(
    {
      prompt_tokens: { ...count, description: 'Cached ones included.' },
      completion_tokens: { ...count, description: 'Reasoning included.' },
      total_tokens: count,
      reasoning_tokens: count,
      cost_usd_total: usd('What the call costs: exactly the sum of the other cost_usd_* fields.'),
      cost_usd_input: usd('Input tokens that came from no cache.'),
      cost_usd_cached_input: usd("Input tokens from the provider's cache."),
      cost_usd_output: usd('Output tokens, reasoning included.'),
      cost_usd_request: usd('The fee per request of models that have one, else 0.'),
    },
    { optional: ['reasoning_tokens'] },
  ),
  CallMetadata: object({
    requested_model: text,
    requested_provider: orNull('string'),
    used_model: text,
    used_provider: text,
    underlying_used_model: { ...text, description: "The provider's own name of the model." },
    routing: open,
    charged: { type: 'boolean', description: "False where the organization's own key was used." },
    dropped_params: { type: 'array', items: text },
    cost_basis: { ...text, enum: ['final', 'provider_reported', 'estimated'] },
  }),
  ChatCompletion: object({
    id: { ...text, description: 'Also the key of the request log.' },
    object: { ...text, const: 'chat.completion' },
    created: { ...count, description: 'Seconds since 1970.' },
    model: text,
    choices: {
      type: 'array',
      items: object({
        index: count,
        message: object({ role: text, content: orNull('string') }),
        finish_reason: orNull('string'),
      }),
    },
    usage: ref('ChatUsage'),
    metadata: ref('CallMetadata'),
  }),
  Model: object({
    id: text,
    object: { ...text, const: 'model' },
    created: { ...count, description: 'When it was released, seconds since 1970.' },
    owned_by: text,
    providers: { type: 'array', items: open },
    pricing: { ...open, description: 'Decimal strings: USD per token or unit.' },
  }),
  ModelList: object({
    object: { ...text, const: 'list' },
    data: { type: 'array', items: ref('Model') },
  }),
  HealthReport: object({
    status: { ...text, enum: ['ok', 'unavailable'] },
    checks: { type: 'object', additionalProperties: text },
  }),
};

const flag = (name, description) => ({
  name,
  in: 'query',
  required: false,
  description,
  schema: { ...text, enum: ['true', 'false'] },
});
const health = {
  responses: {
    200: { description: 'It can serve.', content: json(ref('HealthReport')) },
    503: { description: 'It cannot; the checks say why.', content: json(ref('HealthReport')) },
  },
};

/** By route: what takes the place of what was read from the code. */
export const described = {
  'POST /v1/chat/completions': {
    operationId: 'createChatCompletion',
    requestBody: { required: true, content: json(ref('ChatRequestDto'), exampleRequest) },
    responses: {
      200: {
        description:
          'The answer; with `stream: true` as server-sent events that end with `[DONE]`.',
        content: { ...json(ref('ChatCompletion')), 'text/event-stream': { schema: text } },
      },
    },
  },
  'GET /v1/models': {
    operationId: 'listModels',
    parameters: [
      flag('include_deactivated', 'Also models that were taken out of service.'),
      flag('exclude_deprecated', 'Without models that will be.'),
    ],
    responses: { 200: { description: 'The models.', content: json(ref('ModelList')) } },
  },
  'GET /v1/models/{id}': {
    operationId: 'getModel',
    parameters: [
      { name: 'id', in: 'path', required: true, description: 'May hold slashes.', schema: text },
    ],
    responses: { 200: { description: 'The model.', content: json(ref('Model')) } },
  },
  'GET /health': { operationId: 'getHealth', ...health },
  'GET /health/ready': { operationId: 'getReadiness', ...health },
  'GET /health/live': {
    operationId: 'getLiveness',
    responses: {
      200: { description: 'It runs.', content: json(object({ status: { ...text, const: 'ok' } })) },
    },
  },
  'GET /metrics': {
    operationId: 'getMetrics',
    responses: {
      200: {
        description: 'In the text format of Prometheus.',
        content: { 'text/plain': { schema: text } },
      },
    },
  },
  'POST /admin/v1/bootstrap': { operationId: 'exchangeBootstrapToken' },
  'GET /admin/v1/organizations/{organization_id}/requests/export': {
    responses: {
      200: {
        description: 'A request per line.',
        content: { 'application/x-ndjson': { schema: text } },
      },
    },
  },
};
