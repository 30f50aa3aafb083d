/** Values that a chat request may not have, and the path that the refusal names. */

const many = (count: number): string[] => Array.from({ length: count }, () => 'x');

const user = { role: 'user', content: 'Hi' };
const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } };

/** Top-level fields by name: values of a wrong type or out of range. */
const fields: Readonly<Record<string, readonly unknown[]>> = {
  model: [undefined, null, 5, true, '', {}, [], 'm'.repeat(257)],
  messages: [undefined, null, {}, 'Hi', []],
  stream: ['true', 1, {}],
  temperature: ['1', -0.1, 2.1, true, {}],
  top_p: ['1', -0.1, 1.1],
  frequency_penalty: ['0', -2.1, 2.1],
  presence_penalty: ['0', -2.1, 2.1],
  max_tokens: ['5', 0, -1, 1.5, 1e300],
  max_completion_tokens: ['5', 0, -1, 1.5, 1e300],
  stop: [5, {}, [1], many(17)],
  n: ['2', 0, 1.5, 129],
  seed: ['1', 1.5, 1e30],
  logprobs: ['true', 1],
  top_logprobs: ['1', -1, 21],
  logit_bias: ['x', [], { 5: 'x' }, { 5: 101 }, { 5: null }],
  user: [5, {}],
  tools: [{}, 'x'],
  tool_choice: ['sometimes', 5, []],
  parallel_tool_calls: ['true', 0],
  reasoning_effort: ['extreme', 5],
  service_tier: [5, 'x'.repeat(65)],
  modalities: ['text', {}],
  audio: ['x', []],
  prediction: ['x', []],
  store: ['x', 1],
  metadata: ['x', [], { a: 1 }, { a: null }],
  web_search: ['x', 1],
  plugins: ['x', {}],
  free_models_only: [1],
  no_reasoning: ['x'],
};

/** Further cases: the path that is named, and the fields that are wrong. */
const nested: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['messages[0]', { messages: [1] }],
  ['messages[0]', { messages: [null] }],
  ['messages[1]', { messages: [user, []] }],
  ['messages[0].role', { messages: [{}] }],
  ['messages[0].role', { messages: [{ role: 'robot', content: 'Hi' }] }],
  ['messages[0].role', { messages: [{ role: ['user'], content: 'Hi' }] }],
  ['messages[0].content', { messages: [{ role: 'user' }] }],
  ['messages[0].content', { messages: [{ role: 'system', content: null }] }],
  ['messages[0].content', { messages: [{ role: 'user', content: 5 }] }],
  ['messages[0].content', { messages: [{ role: 'user', content: {} }] }],
  ...[
    [null],
    ['text'],
    [{}],
    [{ type: 'text' }],
    [{ type: 'text', text: 5 }],
    [{ type: 'poem', text: 'x' }],
    [{ type: 'image_url', image_url: 'https://example.com/a.png' }],
    [{ type: 'image_url', image_url: { url: 5 } }],
    [{ type: 'input_audio', input_audio: { data: 'AAAA' } }],
    [{ type: 'file', file: 'x' }],
    ...['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'valueOf'].map((type) => [
      { type },
    ]),
  ].map((content) => ['messages[0].content', { messages: [{ role: 'user', content }] }] as const),
  ['messages[0].name', { messages: [{ ...user, name: 5 }] }],
  ['messages[0].tool_call_id', { messages: [{ role: 'tool', content: 'x' }] }],
  ['messages[0].tool_call_id', { messages: [{ role: 'tool', content: 'x', tool_call_id: 5 }] }],
  ['messages[0].refusal', { messages: [{ role: 'assistant', refusal: 5 }] }],
  ['messages[0].reasoning', { messages: [{ role: 'assistant', reasoning: 5 }] }],
  ['messages[0].reasoning_details', { messages: [{ role: 'assistant', reasoning_details: 'x' }] }],
  [
    'messages[0].reasoning_details[1]',
    { messages: [{ role: 'assistant', reasoning_details: [{}, 1] }] },
  ],
  ...(
    [
      ['', {}],
      ['[0]', [5]],
      ['[0].id', [{ ...call, id: 5 }]],
      ['[0].id', [{ ...call, id: 'x'.repeat(513) }]],
      ['[1].type', [call, { ...call, type: 'wish' }]],
      ['[0].function', [{ ...call, function: undefined }]],
      ['[0].function.name', [{ ...call, function: { arguments: '{}' } }]],
      ['[0].function.arguments', [{ ...call, function: { name: 'f', arguments: {} } }]],
    ] as const
  ).map(
    ([path, tool_calls]) =>
      [`messages[0].tool_calls${path}`, { messages: [{ role: 'assistant', tool_calls }] }] as const,
  ),
  ['stream_options', { stream: true, stream_options: 5 }],
  ['stream_options', { stream_options: { include_usage: true } }],
  ['stream_options.include_usage', { stream: true, stream_options: { include_usage: 'yes' } }],
  ['tools[0]', { tools: [5] }],
  ['tools[0].type', { tools: [{}] }],
  ['tools[0].function', { tools: [{ type: 'function' }] }],
  ['tools[0].function', { tools: [{ type: 'function', function: 'f' }] }],
  ['tools[0].function.name', { tools: [{ type: 'function', function: {} }] }],
  ['tools[0].function.name', { tools: [{ type: 'function', function: { name: 'a b' } }] }],
  [
    'tools[0].function.parameters',
    { tools: [{ type: 'function', function: { name: 'f', parameters: [] } }] },
  ],
  [
    'tools[0].function.strict',
    { tools: [{ type: 'function', function: { name: 'f', strict: 1 } }] },
  ],
  ['response_format', { response_format: 'json' }],
  ['response_format.type', { response_format: {} }],
  ['response_format.type', { response_format: { type: 'xml' } }],
  ['response_format.json_schema', { response_format: { type: 'json_schema' } }],
  [
    'response_format.json_schema.name',
    { response_format: { type: 'json_schema', json_schema: { name: 'a b' } } },
  ],
  [
    'response_format.json_schema.schema',
    { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: 'x' } } },
  ],
  ['reasoning', { reasoning: 'high' }],
  ['reasoning.effort', { reasoning: { effort: 'extreme' } }],
  ['reasoning.max_tokens', { reasoning: { max_tokens: 0 } }],
  ['modalities[1]', { modalities: ['text', 5] }],
  ...['api_base', 'base_url', 'api_key', 'headers'].map(
    (name) => [name, { [name]: 'https://example.com' }] as const,
  ),
  ['api_key', { api_key: null }],
];

/** [path, fields that are put over a valid request] */
export const invalidFields: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ...Object.entries(fields).flatMap(([name, values]) =>
    values.map((value) => [name, { [name]: value }] as const),
  ),
  ...nested,
];
