import type { ChatChunk } from '../../src/core/chat.js';
import type { StreamOutput } from '../../src/providers/protocols/protocol.js';

/** The chunks among the outputs of a decoder, whichever way it gives them. */
export function chunksOf(outputs: readonly StreamOutput[]): ChatChunk[] {
  return outputs.flatMap((output) => {
    if (output.type === 'chunk') return [output.chunk];
    return output.type === 'text' ? [JSON.parse(`{${output.fields}}`) as ChatChunk] : [];
  });
}
