import fc from 'fast-check';

type Json = Record<string, unknown>;

/** A block as an answer in one piece holds it, with what cuts it for the stream. */
interface Written {
  readonly block: Json;
  readonly cuts: readonly number[];
}

const word = fc.string({ unit: 'grapheme', maxLength: 12 });
const filled = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const cuts = fc.array(fc.nat(20), { maxLength: 4 });
const citation = fc.oneof(
  fc.record({
    type: fc.constant('web_search_result_location'),
    url: fc.webUrl(),
    title: fc.option(word),
    cited_text: word,
  }),
  fc.record({ type: fc.constant('char_location'), document_title: word, cited_text: word }),
);
const block = fc.oneof(
  fc.record({ type: fc.constant('text'), text: word }),
  fc.record({
    type: fc.constant('text'),
    text: word,
    citations: fc.array(citation, { maxLength: 2 }),
  }),
  fc.record({ type: fc.constant('thinking'), thinking: word, signature: word }),
  fc.record({ type: fc.constant('redacted_thinking'), data: filled }),
  fc.record({
    type: fc.constant('tool_use'),
    id: filled,
    name: filled,
    input: fc.dictionary(word, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
  }),
  fc.record({
    type: fc.constant('server_tool_use'),
    id: filled,
    name: filled,
    input: fc.constant({ query: 'x' }),
  }),
  fc.record({
    type: fc.constantFrom('web_search_tool_result', 'compaction', 'to_come'),
    content: fc.jsonValue(),
  }),
);
const written: fc.Arbitrary<Written> = fc
  .record({ block, cuts })
  .map((value) => JSON.parse(JSON.stringify(value)) as Written);

const count = fc.nat(100_000);
/** An answer of the Messages API, of blocks of any kind. */
export const answer = fc.record({
  blocks: fc.array(written, { maxLength: 6 }),
  stopReason: fc.constantFrom(
    'end_turn',
    'max_tokens',
    'tool_use',
    'refusal',
    'pause_turn',
    'unheard_of',
  ),
  explanation: fc.option(filled),
  usage: fc.record({
    input_tokens: count,
    output_tokens: count,
    cache_read_input_tokens: fc.option(count),
    cache_creation_input_tokens: count,
  }),
});
type Answer = typeof answer extends fc.Arbitrary<infer Value> ? Value : never;

function cut(text: string, places: readonly number[]): string[] {
  const inside = [...new Set(places)]
    .filter((place) => place < text.length)
    .sort((left, right) => left - right);
  return [...inside, text.length].map((place, index) => text.slice(inside[index - 1] ?? 0, place));
}

/** The deltas of a block; what they add up to is left out of its first event. */
function pieces({ block: { type, ...fields }, cuts: places }: Written): {
  first: Json;
  deltas: Json[];
} {
  if (type === 'text') {
    const texts = cut(String(fields['text']), places).map((text) => ({ type: 'text_delta', text }));
    const cited = (fields['citations'] ?? []) as Json[];
    return {
      first: { type, text: '' },
      deltas: [...cited.map((found) => ({ type: 'citations_delta', citation: found })), ...texts],
    };
  }
  if (type === 'thinking') {
    const thoughts = cut(String(fields['thinking']), places).map((thinking) => ({
      type: 'thinking_delta',
      thinking,
    }));
    const signature = { type: 'signature_delta', signature: fields['signature'] };
    return { first: { type, thinking: '', signature: '' }, deltas: [...thoughts, signature] };
  }
  if (type === 'tool_use' && places.length > 0) {
    const parts = cut(JSON.stringify(fields['input']), places).map((json) => ({
      type: 'input_json_delta',
      partial_json: json,
    }));
    const silence = { type: 'input_json_delta', partial_json: '' };
    return { first: { type, ...fields, input: {} }, deltas: [silence, ...parts] };
  }
  return { first: { type, ...fields }, deltas: [] };
}

/** The data of the events by which it is streamed. */
export function asEvents({ blocks, stopReason, explanation, usage }: Answer): string[] {
  const early = {
    ...usage,
    output_tokens: 1,
    cache_read_input_tokens: usage.cache_read_input_tokens,
  };
  const events: Json[] = [
    { type: 'message_start', message: { id: 'msg', model: 'm', usage: early } },
  ];
  blocks.forEach((one, index) => {
    const { first, deltas } = pieces(one);
    events.push({ type: 'content_block_start', index, content_block: first });
    for (const delta of deltas)
      events.push({ type: 'content_block_delta', index, delta }, { type: 'ping' });
    events.push({ type: 'content_block_stop', index });
  });
  const delta = {
    stop_reason: stopReason,
    stop_details: explanation === null ? null : { explanation },
  };
  events.push(
    { type: 'message_delta', delta, usage: { output_tokens: usage.output_tokens } },
    { type: 'message_stop' },
  );
  return events.map((event) => JSON.stringify(event));
}

/** The answer in one piece. */
export function asBody({ blocks, stopReason, explanation, usage }: Answer): Json {
  return {
    type: 'message',
    id: 'msg',
    model: 'm',
    content: blocks.map((one) => one.block),
    stop_reason: stopReason,
    stop_details: explanation === null ? null : { explanation },
    usage,
  };
}
