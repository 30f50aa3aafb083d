import type { ChatChunk } from '../../src/core/chat.js';
import type { Quirks } from '../../src/core/provider.js';
import { stream } from '../../src/providers/protocols/chat-completions/stream.js';
import type { StreamOutput } from '../../src/providers/protocols/protocol.js';
import { chunksOf as chunksAmong } from './chunks.js';
import { makeTarget } from './target.js';

/** The outputs of a stream of these events; what is no string is written as JSON. */
export function decode(
  events: readonly unknown[],
  quirks: Quirks = {},
  event?: string,
): StreamOutput[] {
  let state = stream.start(makeTarget({ provider: { quirks } }));
  const outputs: StreamOutput[] = [];
  for (const entry of events) {
    const data = typeof entry === 'string' ? entry : JSON.stringify(entry);
    const [next, made] = stream.step(state, { event, data });
    state = next;
    outputs.push(...made);
  }
  return [...outputs, ...stream.end(state)];
}

export const typesOf = (outputs: readonly StreamOutput[]) => outputs.map(({ type }) => type);
export const chunksOf = (outputs: readonly StreamOutput[]): ChatChunk[] =>
  JSON.parse(JSON.stringify(chunksAmong(outputs))) as ChatChunk[];
export const errorsOf = (outputs: readonly StreamOutput[]) =>
  outputs.flatMap((output) => (output.type === 'error' ? [output.error.code] : []));

export const chunk = (delta: unknown, finish_reason: unknown = null, index = 0) => ({
  id: 'up-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'native',
  choices: [{ index, delta, finish_reason }],
});
export const HI = chunk({ role: 'assistant', content: 'Hi' });
export const STOP = chunk({}, 'stop');
