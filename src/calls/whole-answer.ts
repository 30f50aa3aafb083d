import type { ChatChunk, ChunkDelta } from '../core/chat.js';
import type { StreamOutput, UpstreamAnswer } from '../providers/index.js';

/** An answer that came in one piece where a stream was asked for, as the outputs of that stream. */
export function outputsOfAnswer(answer: UpstreamAnswer): readonly StreamOutput[] {
  const { choices, created: _created, ...rest } = answer.completion;
  const chunk: ChatChunk = {
    ...rest,
    choices: choices.map(({ message, ...choice }) => {
      const { tool_calls: calls, ...fields } = message;
      const delta: ChunkDelta = fields;
      if (calls) delta.tool_calls = calls.map((call, index) => ({ ...call, index }));
      return { ...choice, delta };
    }),
  };
  const identity: StreamOutput = {
    type: 'identity',
    ...(answer.upstreamId ? { upstreamId: answer.upstreamId } : {}),
    ...(answer.upstreamModel ? { upstreamModel: answer.upstreamModel } : {}),
  };
  const usage: readonly StreamOutput[] = answer.usage
    ? [{ type: 'usage', usage: answer.usage }]
    : [];
  return [identity, { type: 'chunk', chunk }, ...usage, { type: 'end' }];
}
