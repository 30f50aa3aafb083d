import type { ChatMessage, ChatRole } from '../../core/chat.js';
import { GatewayError } from '../../core/errors.js';
import { ownEntry } from '../../core/own-entry.js';
import { isObject } from './json.js';

/**
 * Writes the messages of a conversation in turn, each by the writer of its role. `callId` is the id of the newest call
 * of the old form (`function_call`), empty before the first one.
 * @throws GatewayError invalid_parameter naming the role that has no writer
 */
export function writeMessages<Writer, Written>(
  messages: readonly ChatMessage[],
  writers: Readonly<Record<ChatRole, Writer>>,
  write: (writer: Writer, message: ChatMessage, callId: string, index: number) => Written,
): Written[] {
  // The old function messages have no ids: the id of a call is the place of the message that made it.
  let callId = '';
  return messages.map((message, index) => {
    if (isObject(message['function_call'])) callId = `call_${index}`;
    const writer = ownEntry(writers, message.role);
    if (!writer) throw new GatewayError('invalid_parameter', { param: `messages[${index}].role` });
    return write(writer, message, callId, index);
  });
}
