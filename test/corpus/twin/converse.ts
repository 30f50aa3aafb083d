import { object, objects, text, type Json } from '../json.js';
import { asServerSentEvents } from '../reading/event-stream.js';
import { converseBody } from '../reading/converse.js';
import { pieces } from './pieces.js';

/** A stream of Converse that says what a JSON answer says. */
export function converseStream(body: Json): string {
  const { output, stopReason, usage, serviceTier, metrics } = body;
  const content = objects(object(object(output)['message'])['content']);
  const events = content.flatMap((block, index) =>
    blockEvents(block).map((event) => withIndex(event, index)),
  );
  return asServerSentEvents([
    { messageStart: { role: 'assistant' } },
    ...events,
    { messageStop: { stopReason } },
    { metadata: { usage, metrics, ...(serviceTier === undefined ? {} : { serviceTier }) } },
  ]);
}

/** A JSON answer that says what the events of a stream say. */
export function converseAnswer(events: readonly Json[]): Json {
  return converseBody(events);
}

function withIndex(event: Json, contentBlockIndex: number): Json {
  const entries = Object.entries(event).map(([name, payload]) => [
    name,
    { ...object(payload), contentBlockIndex },
  ]);
  return Object.fromEntries(entries) as Json;
}

function blockEvents(block: Json): Json[] {
  const call = object(block['toolUse']);
  const { toolUseId, name, input } = call;
  const start =
    toolUseId === undefined
      ? []
      : [{ contentBlockStart: { start: { toolUse: { toolUseId, name } } } }];
  const deltas = toolUseId === undefined ? deltasOf(block) : inputPieces(input);
  return [
    ...start,
    ...deltas.map((delta) => ({ contentBlockDelta: { delta } })),
    { contentBlockStop: {} },
  ];
}

function inputPieces(input: unknown): Json[] {
  return pieces(JSON.stringify(input)).map((piece) => ({ toolUse: { input: piece } }));
}

function deltasOf(block: Json): Json[] {
  const cited = object(block['citationsContent']);
  const thought = object(block['reasoningContent']);
  const { text: words, signature } = object(thought['reasoningText']);
  const said =
    text(block['text']) +
    objects(cited['content'])
      .map((part) => text(part['text']))
      .join('');
  return [
    ...pieces(said).map((piece) => ({ text: piece })),
    ...objects(cited['citations']).map((citation) => ({ citation })),
    ...pieces(text(words)).map((piece) => ({ reasoningContent: { text: piece } })),
    ...(signature === undefined ? [] : [{ reasoningContent: { signature } }]),
    ...(thought['redactedContent'] === undefined ? [] : [{ reasoningContent: thought }]),
  ];
}
