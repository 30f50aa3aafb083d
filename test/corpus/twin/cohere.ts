import { object, objects, text, type Json } from '../json.js';
import { cohereBody } from '../reading/cohere.js';
import { pieces } from './pieces.js';

/** A stream of Cohere's Chat API that says what a JSON answer says. */
export function cohereStream(body: Json): string {
  const { id, message, finish_reason: finish, usage } = body;
  const { content, tool_plan: plan, tool_calls: calls, citations } = object(message);
  const events: Json[] = [
    { id, ...event('message-start', { role: 'assistant', content: [], citations: [] }) },
    ...pieces(text(plan)).map((piece) => event('tool-plan-delta', { tool_plan: piece })),
    ...objects(content).flatMap((block, index) => blockEvents(block, index)),
    ...objects(citations).flatMap((citation, index) => [
      event('citation-start', { citations: citation }, index),
      { type: 'citation-end', index },
    ]),
    ...objects(calls).flatMap((call, index) => callEvents(call, index)),
    { type: 'message-end', delta: { finish_reason: finish, usage } },
  ];
  const frames = events.map(
    (made) => `event: ${text(made['type'])}\ndata: ${JSON.stringify(made)}`,
  );
  return `${frames.join('\n\n')}\n\ndata: [DONE]\n\n`;
}

/** A JSON answer that says what the events of a stream say. */
export function cohereAnswer(events: readonly Json[]): Json {
  return cohereBody(events);
}

function event(type: string, message: Json, index?: number): Json {
  return { type, ...(index === undefined ? {} : { index }), delta: { message } };
}

function blockEvents(block: Json, index: number): Json[] {
  const { type } = block;
  const field = type === 'thinking' ? 'thinking' : 'text';
  return [
    event('content-start', { content: { type, [field]: '' } }, index),
    ...pieces(text(block[field])).map((piece) =>
      event('content-delta', { content: { [field]: piece } }, index),
    ),
    { type: 'content-end', index },
  ];
}

function callEvents(call: Json, index: number): Json[] {
  const called = object(call['function']);
  const opening = { ...call, function: { ...called, arguments: '' } };
  return [
    event('tool-call-start', { tool_calls: opening }, index),
    ...pieces(text(called['arguments'])).map((piece) =>
      event('tool-call-delta', { tool_calls: { function: { arguments: piece } } }, index),
    ),
    { type: 'tool-call-end', index },
  ];
}
