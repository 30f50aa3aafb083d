import type { ChatMessage, ContentPart } from '../../core/chat.js';
import { invalidParameter, type GatewayError } from '../../core/errors.js';

type IsSupported = (part: ContentPart) => boolean;

/** Paths of the parts of the messages that a dialect cannot carry, such as `messages[0].content[2]`. */
export function unsupportedParts(
  messages: readonly ChatMessage[],
  isSupported: IsSupported,
): string[] {
  return messages.flatMap((message, index) => partsOf(message, index, isSupported));
}

/** @throws GatewayError invalid_parameter naming the first part of the message that a dialect cannot carry */
export function refuseUnsupportedParts(
  message: ChatMessage,
  index: number,
  isSupported: IsSupported,
): void {
  const [param] = partsOf(message, index, isSupported);
  if (param !== undefined) throw unsupportedPart(param);
}

/** The error of a part of a message that a dialect cannot carry. */
export function unsupportedPart(param: string): GatewayError {
  return invalidParameter(param, 'This kind of content is not supported by the model.');
}

function partsOf({ content }: ChatMessage, message: number, isSupported: IsSupported): string[] {
  if (!Array.isArray(content)) return [];
  return content.flatMap((part, index) =>
    isSupported(part) ? [] : [`messages[${message}].content[${index}]`],
  );
}
