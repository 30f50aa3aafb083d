type Json = Record<string, unknown>;

/** An item of a response, and whether a stream tells it piece by piece or all at its end. */
export interface ToldItem {
  readonly item: Json;
  readonly inPieces: boolean;
}

/** The events of the Responses API that tell these items and end with this response. */
export function responseEvents(items: readonly ToldItem[], response: Json): Json[] {
  const { id, model } = response;
  return [
    { type: 'response.created', response: { id, model, status: 'in_progress' } },
    { type: 'response.in_progress', response: {} },
    ...items.flatMap(({ item, inPieces }, index) => [
      { type: 'response.output_item.added', output_index: index, item: blank(item) },
      ...(inPieces ? pieces(item).map((event) => ({ ...event, output_index: index })) : []),
      { type: 'response.output_item.done', output_index: index, item },
    ]),
    { type: `response.${String(response['status'])}`, response },
  ];
}

/** The item as it begins. */
function blank(item: Json): Json {
  const empty: Json = { ...item };
  for (const list of ['summary', 'content']) if (list in empty) empty[list] = [];
  if ('arguments' in empty) empty['arguments'] = '';
  if ('encrypted_content' in empty) empty['encrypted_content'] = 'not yet';
  return empty;
}

function pieces(item: Json): Json[] {
  const summary = listOf(item['summary']).flatMap(({ text }, index) =>
    deltas('reasoning_summary_text', text, { summary_index: index }),
  );
  const content = listOf(item['content']).flatMap((part, index) => partPieces(part, index));
  const called = deltas('function_call_arguments', item['arguments'] ?? '', {});
  return [...summary, ...content, ...(item['arguments'] === undefined ? [] : called)];
}

function partPieces(part: Json, index: number): Json[] {
  const at = { content_index: index };
  if (part['type'] === 'reasoning_text') return deltas('reasoning_text', part['text'], at);
  if (part['type'] === 'refusal') return deltas('refusal', part['refusal'], at);
  const [first = {}, ...rest] = deltas('output_text', part['text'], at);
  const cited = listOf(part['annotations']).map((annotation) => ({
    type: 'response.output_text.annotation.added',
    ...at,
    annotation,
  }));
  return [{ ...first, logprobs: part['logprobs'] }, ...rest, ...cited];
}

/** Both halves of a text, cut where no character is torn. */
function deltas(kind: string, text: unknown, at: Json): Json[] {
  const characters = Array.from(String(text));
  const middle = Math.ceil(characters.length / 2);
  return [characters.slice(0, middle), characters.slice(middle)].map((half) => ({
    type: `response.${kind}.delta`,
    ...at,
    delta: half.join(''),
  }));
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}
