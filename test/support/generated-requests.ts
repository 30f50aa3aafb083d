import fc from 'fast-check';
import type { ChatMessage, ChatRequest, ChatTool, ContentPart } from '../../src/core/chat.js';
import { NATURAL, ODD, WORDS } from './generated-texts.js';

const word = fc.constantFrom(...WORDS);
const natural = fc.oneof(...Object.values(NATURAL));
const odd = fc.oneof(...Object.values(ODD));
const short = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(' '));
/** Mostly what people write, now and then what a program pastes. */
const text = fc.oneof(
  { weight: 5, arbitrary: short },
  { weight: 3, arbitrary: natural },
  { weight: 1, arbitrary: odd },
);

const picture: fc.Arbitrary<ContentPart> = fc
  .constantFrom('low' as const, 'high' as const, 'auto' as const)
  .map((detail) => ({ type: 'image_url', image_url: { url: 'https://a.example/b.png', detail } }));
/** Base64 of up to ten seconds. */
const speech: fc.Arbitrary<ContentPart> = fc
  .tuple(fc.constantFrom('wav' as const, 'mp3' as const), fc.integer({ min: 1, max: 10 }))
  .map(([format, seconds]) => ({
    type: 'input_audio',
    input_audio: { format, data: 'A'.repeat(seconds * (format === 'wav' ? 64_000 : 10_700)) },
  }));
const parts: fc.Arbitrary<ContentPart[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: text.map((value): ContentPart => ({ type: 'text', text: value })) },
    { weight: 2, arbitrary: picture },
    { weight: 1, arbitrary: speech },
  ),
  { minLength: 1, maxLength: 4 },
);

const call: fc.Arbitrary<ChatMessage> = fc
  .array(fc.tuple(word, fc.json()), { minLength: 1, maxLength: 3 })
  .map((calls) => ({
    role: 'assistant',
    content: null,
    tool_calls: calls.map(([name, args], at) => ({
      ...{ id: `call_${at}`, type: 'function' as const },
      function: { name, arguments: args },
    })),
  }));
const message: fc.Arbitrary<ChatMessage> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      role: fc.constantFrom('system' as const, 'user' as const, 'assistant' as const),
      content: text,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ role: fc.constant('user' as const), content: text, name: word }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ role: fc.constant('user' as const), content: parts }),
  },
  { weight: 1, arbitrary: call },
);
const conversation = fc.oneof(
  { weight: 5, arbitrary: fc.array(message, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(message, { minLength: 10, maxLength: 30 }) },
);

const schema = fc
  .dictionary(word, fc.constantFrom('string', 'number', 'boolean'), { minKeys: 1, maxKeys: 6 })
  .map((fields) => ({
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, { type }])),
  }));
const tool: fc.Arbitrary<ChatTool> = fc
  .record({ name: word, description: short, parameters: schema })
  .map((declared) => ({ type: 'function', function: declared }));

/** Requests of every kind that costs: languages, code, binary text, pictures, speech, tools, schemas, long talks. */
export const generatedRequest: fc.Arbitrary<ChatRequest> = fc
  .record(
    {
      model: fc.constant('m'),
      messages: conversation,
      max_tokens: fc.integer({ min: 1, max: 4_096 }),
      n: fc.constantFrom(1, 2, 4),
      tools: fc.array(tool, { minLength: 1, maxLength: 8 }),
      response_format: schema.map((shape) => ({
        type: 'json_schema' as const,
        json_schema: { name: 'answer', schema: shape },
      })),
      service_tier: fc.constantFrom('auto', 'default', 'flex', 'priority'),
    },
    { requiredKeys: ['model', 'messages'] },
  )
  .map((request) => request as ChatRequest);
